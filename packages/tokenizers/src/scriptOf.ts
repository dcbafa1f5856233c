// The script of a character, as of Unicode 9.0, which is what the original's table knows.

/**
 * Gives the script of a code point; Hiragana, Katakana and Han are one (`'Han'`). Undefined for the blank U+0020 and for
 * characters that Unicode 9.0 does not have (`fixed_script`, `get_script` in tokenizers pre_tokenizers/unicode_scripts,
 * 3ba8ad00). Answers are kept, one for each character asked for.
 *
 * @example scriptReader()(0x3042); //=> 'Han'
 */
export function scriptReader(): (codePoint: number) => string | undefined {
  const known = new Map<number, string | undefined>(exceptions);
  const expressions = scripts
    .split(' ')
    .map((name) => ({ name, test: new RegExp(`^\\p{Script=${name}}$`, 'u') }));
  const ranges = newer
    .split(' ')
    .map((range) => range.split('-').map((digits) => Number.parseInt(digits, 36)));
  const look = (codePoint: number): string | undefined => {
    if (ranges.some(([first = 0, last = first]) => first <= codePoint && codePoint <= last)) return undefined;
    const character = String.fromCodePoint(codePoint);
    const script = expressions.find(({ test }) => test.test(character))?.name;
    return script === 'Hiragana' || script === 'Katakana' ? 'Han' : script;
  };
  return (codePoint) => {
    if (!known.has(codePoint)) known.set(codePoint, look(codePoint));
    return known.get(codePoint);
  };
}

// The blank, the long-vowel mark, and characters that have changed their script since.
const exceptions: readonly (readonly [codePoint: number, script: string | undefined])[] = [
  [0x20, undefined],
  [0x30fc, 'Han'],
  [0x589, 'Common'],
  [0x61c, 'Common'],
  [0x953, 'Devanagari'],
  [0x954, 'Devanagari'],
];

// The scripts of Unicode 9.0, the frequent ones first.
const scripts =
  'Common Latin Greek Cyrillic Armenian Hebrew Arabic Syriac Thaana Devanagari Bengali Gurmukhi Gujarati Oriya ' +
  'Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Hangul Ethiopic Cherokee ' +
  'Canadian_Aboriginal Ogham Runic Khmer Mongolian Hiragana Katakana Bopomofo Han Yi Old_Italic Gothic Deseret ' +
  'Inherited Tagalog Hanunoo Buhid Tagbanwa Limbu Tai_Le Linear_B Ugaritic Shavian Osmanya Cypriot Braille Buginese ' +
  'Coptic New_Tai_Lue Glagolitic Tifinagh Syloti_Nagri Old_Persian Kharoshthi Balinese Cuneiform Phoenician ' +
  'Phags_Pa Nko Sundanese Lepcha Ol_Chiki Vai Saurashtra Kayah_Li Rejang Lycian Carian Lydian Cham Tai_Tham ' +
  'Tai_Viet Avestan Egyptian_Hieroglyphs Samaritan Lisu Bamum Javanese Meetei_Mayek Imperial_Aramaic ' +
  'Old_South_Arabian Inscriptional_Parthian Inscriptional_Pahlavi Old_Turkic Kaithi Batak Brahmi Mandaic Chakma ' +
  'Meroitic_Cursive Meroitic_Hieroglyphs Miao Sharada Sora_Sompeng Takri Caucasian_Albanian Bassa_Vah Duployan ' +
  'Elbasan Grantha Pahawh_Hmong Khojki Linear_A Mahajani Manichaean Mende_Kikakui Modi Mro Old_North_Arabian ' +
  'Nabataean Palmyrene Pau_Cin_Hau Old_Permic Psalter_Pahlavi Siddham Khudawadi Tirhuta Warang_Citi Ahom ' +
  'Anatolian_Hieroglyphs Hatran Multani Old_Hungarian SignWriting Adlam Bhaiksuki Marchen Newa Osage Tangut';

// Characters that came later and now have one of these scripts: ranges of code points, in base 36.
const newer =
  '128 13c 167 17h 1kt-1kv 1nk-1pb 1px 1q6-1qr 1z0-1z2 22e 262-267 28l 2dg 2f0 2fw-2fx 2gn 2h0 2jg-2jh 2k3-2kg 2kk ' +
  '2m3-2m4 2o1 2va 2vd 2vg 2vi-2vn 2vs 2w0 2w8-2w9 2wc 2wq 2xa 4jx 4k5-4kf 4r3 4u0 5a7-5bf 5e4-5e7 5fh-5fj 5mx-5of ' +
  '5pz 5q2 5x2-5x6 6gv-6gx 73z 753-755 8ly-8lz 8my-8n0 8nd 8nm-8ob 8og-8ov 8q7 8rj 951-95p 9h8-9hb 9pq-9pr 9tn-9tr ' +
  '9us-9v3 a2n fcm-fcv vkm-vlr x4f x4o-x6e x7w xdq-xdr xuu-xuz 1dqa-1dqq 1e0w-1e1b 1e34-1e35 1e4o-1e4v 1e66-1e67 ' +
  '1evw 1f71-1f73 1g1s-1g3e 1gl0-1gl1 1glk 1hhe-1hj3 1htc-1hth 1hvm-1hvx 1hz8-1hzb 1i32-1i33 1i67-1i69 1id7 1il6 ' +
  '1ila-1ild 1j20-1j21 1j2o-1j37 1j4q 1j5s-1j5y 1ju8-1jun 1jwg-1jzb 1kts-1kvz 1ovj-1rzu 20jp-20jz 20lb-20lj ' +
  '20o2-20om 25f1-25fj 260j-2dby 2dc2-2dlz 2iv4-2jlv 2k15-2k16 2k74-2k8j 2kc2-2kc8 2mm8-2mne 2muo-2oe6 2onf ' +
  '2p9t-2pfh 2q6l-2q6n 2q7j 2q98-2q9b 2qb1 2qg0-2qg5 2rbn-2rbz 2rcn-2rcs 2rg4-2rgf 2rit-2rjk 2row-2rrj 2rrz ' +
  '2rs8-2rsf 2rsh-2rsi 2rsv 2rt8-2rtb 2rtr-2run 2rv6-2rwf 2rwh-2sca 3q3b-3q3j 3tbp-3tbz 3xya-447x 47pc-4i2h';
