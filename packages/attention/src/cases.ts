// The public names of @heed/attention/cases, one block per concept. Nothing else can be imported.
export {};
