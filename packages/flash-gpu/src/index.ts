// The public names of @heed/flash-gpu, one block per concept. Nothing else can be imported.
export {};
