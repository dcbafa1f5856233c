// The public names of @heed/tokenizers, one block per concept. Nothing else can be imported.
export {};
