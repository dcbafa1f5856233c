// The public names of @heed/tensor/io, one block per concept. Nothing else can be imported.
export {};
