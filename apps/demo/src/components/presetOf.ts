// Which preset the present options are. Pure.

/** The preset of which every value is the present one. */
export const presetOf = <Name extends string, Options extends object>(
  presets: Readonly<Record<Name, Partial<Options>>>,
  options: Options,
): Name | undefined =>
  (Object.keys(presets) as Name[]).find((name) =>
    (Object.entries(presets[name]) as [keyof Options, unknown][]).every(
      ([key, value]) => options[key] === value,
    ),
  );
