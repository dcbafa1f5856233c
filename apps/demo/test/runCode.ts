// Runs the lines that a page shows, with the packages that they import given by name.

/** What the lines may use. */
export interface CodeWorld {
  /** Modules by the name that is imported. */
  readonly modules: Readonly<Record<string, object>>;
  /** Values that a browser has. */
  readonly globals?: Readonly<Record<string, unknown>>;
}

/** The constructor of async functions has no name of its own. */
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parts: readonly string[]
) => (...values: readonly unknown[]) => Promise<unknown>;

/** The value of the last line. Every imported name must exist in its module. */
export const runCode = async (code: string, { modules, globals = {} }: CodeWorld): Promise<unknown> => {
  const lines = code
    .replace(/^import \{([^}]*)\} from '([^']+)';$/gm, (_, names: string, from: string) => {
      for (const name of names.split(',').map((one) => one.trim()))
        if (!Object.hasOwn(modules[from] ?? {}, name)) throw new Error(`${from} exports no ${name}`);
      return `const {${names}} = modules[${JSON.stringify(from)}];`;
    })
    .split('\n');
  const last = lines.pop() ?? '';
  const run = new AsyncFunction('modules', ...Object.keys(globals), `${lines.join('\n')}\nreturn ${last}`);
  return run(modules, ...Object.values(globals));
};
