// Imports a package as a module of this folder would: its `import` entry, from the packages beside it.
export const importHere = (name) => import(name);
