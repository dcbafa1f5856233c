// The public names of @heed/testing, one block per concept.
export {};
