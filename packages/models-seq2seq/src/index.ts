// The public names of @heed/models-seq2seq, one block per concept. Nothing else can be imported.
export {};
