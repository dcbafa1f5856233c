// The public names of @heed/models-bert, one block per concept. Nothing else can be imported.
export {};
