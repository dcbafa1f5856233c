// 探索页的中文文本。Texts of the explorer in Chinese; the type makes a missing one an error.

import type { ExplorerTexts } from './explorerEn.ts';

/** Chinese. */
export const explorerZh: ExplorerTexts = {
  heads: {
    question: '每个头在看什么？',
    section: '2.1 · 6.2.1',
    lead: '每一层都有几个头，各有各的看法。这里把它们全部放在同一个句子上，并按各自注意力最多的去处命名。选一个头，看它的连线与矩阵。',
    sentence: '句子',
    presets: '试试',
    presetNames: { bank: '两个 bank', repeated: '重复的词', pronoun: '“it” 指什么？', list: '一串词' },
    presetPoints: {
      bank: '“观察”页的句子：有的头看相邻的词，有的头按意思去看。',
      repeated: '有些词出现两次：会有头去看另一个相同的词吗？',
      pronoun: '“it” 可以是奖杯，也可以是箱子：哪个头看向那里？',
      list: '同样三个词一再重复：没有多少意思时，头还看什么？',
    },
    all: '所有的头',
    allHint: '行是层，列是头。可用方向键移动。',
    lines: '它的连线',
    map: '同样的权重，画成矩阵',
    parts: '它的注意力去了哪里',
    chance: (share) => `随机 ${share}`,
    none: '这里没有这样的位置',
    names: {
      previous: '前一个词元',
      next: '后一个词元',
      self: '自身',
      sink: '首个词元',
      same: '相同的词',
      broad: '分散',
      mixed: '按内容',
    },
    sinkSpecial: '[CLS]/[SEP]',
    shares: {
      previous: '前一个词元',
      next: '后一个词元',
      self: '自身',
      sink: '首个词元',
      same: '别处相同的词',
    },
    sharesSpecial: '[CLS] 与 [SEP]',
    entropy: '熵',
    entropyOf: (bits, most) => `${bits} / ${most} 比特`,
    captionBits: (bits) => `${bits} 比特`,
    verdictPrevious: (head, share, chance) =>
      `最常看前一个词元的是${head}：每次观察有 ${share} 给它，随机时是 ${chance}。`,
    verdictOwn: (head, name, share, bits, most) =>
      `当前显示${head}，名为“${name}”${share}；熵是 ${bits} 比特，最多 ${most}。`,
    ownShare: (share) => `（${share}）`,
    verdictSpecial: (share, chance) =>
      `[CLS] 与 [SEP] 得到所有头全部注意力的 ${share}，随机时是 ${chance}：头没有东西可找时，就停在那里。`,
    verdictFirst: (token, share, chance) =>
      `这个模型没有 [CLS] 与 [SEP]。首个词元 “${token}” 得到全部注意力的 ${share}，随机时是 ${chance}。`,
    verdictSame: (head, share, chance) => `最常看别处相同的词的是${head}：${share}，随机时是 ${chance}。`,
    verdictNoSame: '这里没有重复的词，所以没有头能以此命名。',
    verdictCount: (list) => `所有的头：${list}。`,
    counted: (count, name) => `${name} ${count} 个`,
    notesSay:
      '笔记说：多头能注意到不同子空间的信息，就像 CNN 的多个滤波器。上面的名字显示出它们在这个句子上有多不同；换一个句子，同一个头可能得到别的名字。',
    remark: (share, broad) =>
      `一个头以平均每次观察至少得到 ${share}、且至少是随机时 2 倍的去处命名；熵不低于 log₂ n 的 ${broad} 称为“分散”；其余是“按内容”。`,
    comma: '、',
    open: '探索这个头',
  },
  neuron: {
    question: '这个权重由 q 与 k 的哪些数构成？',
    section: '1.2 · 2.3',
    lead: '一个权重始于两个向量。把 query 与 key 逐数相乘，把乘积加起来，除以 √d，再由 softmax 分配 100 %。每根短条是一个维度；选一个 key，看哪些维度在替它说话。',
    looking: '在看',
    query: (token) => `“${token}” 的 q`,
    key: 'k',
    product: 'q ∘ k',
    dot: 'q·k',
    scaled: (depth) => `÷ √${depth}`,
    weight: 'softmax',
    token: '在看的词元',
    order: '维度',
    orders: { lift: '最强的在前', index: '原来的顺序' },
    hint: '向上为正，向下为负。点击一行，看哪些维度替它说话；可用方向键移动。',
    waiting: 'query 与 key 随权重一起到达。',
    label: (query, key) => `“${query}” 的 query 对所有 key；选中的是 “${key}”`,
    read: (dimension, token, q, k, product) => `第 ${dimension} 维，“${token}”：${q} × ${k} = ${product}`,
    rowRead: (token, dot, scaled, weight) => `“${token}”：q·k = ${dot}，缩放后 ${scaled}，权重 ${weight}`,
    table: '最替它说话的维度',
    dimension: '维度',
    lift: '抬高',
    verdict: (query, key, weight, score, lead) =>
      `“${query}” 给 “${key}” ${weight}：它的缩放得分 ${score} 比所有 key 的平均高 ${lead}。`,
    verdictBelow: (query, key, weight, score, lead) =>
      `“${query}” 只给 “${key}” ${weight}：它的缩放得分 ${score} 比所有 key 的平均低 ${lead}。`,
    verdictHalf: (half, depth, dimensions) =>
      `${depth} 个维度中的 ${half} 个就构成了这一优势的一半：${dimensions}。`,
    verdictScale: (depth, scaled, unscaled) =>
      `除以 √${depth} 后，这一行最大的权重是 ${scaled}；不除则是 ${unscaled}。`,
    verdictExact: (error) => `只用 q 与 k 在这里重新计算，这一行与模型自己的权重最多相差 ${error}。`,
    notesSay:
      '笔记说：权重是 query 与 key 的内积经过 softmax。确实如此；笔记又说缩放是为了防止梯度爆炸，其实它防止的是饱和：一个权重接近 1，梯度接近 0。',
    remark:
      '一个维度的“抬高”是它在缩放得分中的那一份，减去这一份在所有 key 上的平均：softmax 会忽略所有 key 共有的部分。',
  },
};
