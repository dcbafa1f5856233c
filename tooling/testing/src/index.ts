// The public names of @heed/testing, one block per concept. Knows no package of ours: tensors are { shape, data }.

// numbers that should agree
export { type Closeness, expectClose, type Numbers } from './expectClose.ts';
// gradients against finite differences
export { expectGradients, type GradientCase } from './expectGradients.ts';
export { finiteDifference } from './finiteDifference.ts';
// properties over generated cases, and seeded numbers for them
export { type ForAllOptions, forAll, forAllAsync } from './forAll.ts';
// other programs' numbers
export { golden } from './golden.ts';
export { noise } from './noise.ts';
export { readSafetensors, type StoredTensor } from './readSafetensors.ts';
export { shared, skipReason } from './shared.ts';
