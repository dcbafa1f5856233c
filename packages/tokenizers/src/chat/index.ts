// The entry `@heed/tokenizers/chat`: conversations as text for a model. It needs `@huggingface/jinja`, an optional peer.
export { applyChatTemplate, type ChatMessage, type ChatTemplateOptions } from './applyChatTemplate.ts';
export { type ChatTemplate, readChatTemplate } from './readChatTemplate.ts';
