// Heads 页面的中文文本。The texts of the Heads page in Chinese.

import type { HeadsTexts } from './headsEn.ts';

/** Chinese. */
export const headsZh: HeadsTexts = {
  failed: '计算停止了。',
  sizes: {
    question: '减少 Key 与 Value 的头能省多少？',
    section: '4.1 – 4.4',
    lead: '写作的模型在每一层都保存至今所有词的 Key 与 Value，每写一个新词就全部读一遍。让几个 Query 头共用一个 Key/Value 头，缓存就缩小同样的倍数。',
    presets: '试试',
    presetNames: { llama3: 'Llama 3 8B', llama2: 'Llama 2 7B', starcoder: 'StarCoder', notes: '笔记的例子' },
    presetPoints: {
      llama3: '分组（GQA-8）：四个 Query 头共用一组 K/V。',
      llama2: '多头：每个 Query 头都有自己的。',
      starcoder: '多查询：48 个 Query 头共用一组。',
      notes: '8 个 Query 头，两个一组：4 组 K/V（GQA-4）。',
    },
    width: '模型宽度 d',
    heads: 'Query 头数',
    kvHeads: 'K/V 头数',
    layers: '层数',
    context: '上下文（token）',
    bytes: '每个数的字节',
    kinds: { mha: 'MHA', gqa: 'GQA', mqa: 'MQA' },
    named: (kind, kvHeads) => (kind === 'GQA' ? `GQA-${kvHeads}` : `${kind}（${kvHeads}）`),
    picture: '谁共用什么',
    pictureText: (heads, kvHeads, group) => `${heads} 个 Query 头，${kvHeads} 组 K/V，每组 ${group} 个`,
    query: 'Query 头',
    keyValue: 'K/V 头',
    cache: '这个上下文的缓存',
    parameters: '注意力的权重，所有层',
    parts: { query: 'Query', key: 'Key', value: 'Value', output: '输出' },
    byContext: '缓存随上下文增长',
    contextAxis: 'token',
    bytesAxis: '字节',
    token: '每个新词至少要读',
    tokenText: (bytes, time) => `${bytes} · ${time}`,
    measure: '在这里测量解码',
    again: '再测一次',
    stop: '停止',
    measured: '在这个浏览器里测到的解码',
    measureHint: (context, heads, depth, bound) =>
      `一层，${heads} 个宽 ${depth} 的 Query 头，${context} 个 token，float32${bound ? '（比上面少，好让所有缓存放得下）' : ''}：追加一个 token，再看全部。`,
    measuring: (done, of) => `测量 ${done} / ${of}`,
    speed: (count) => `${count} token/s`,
    verdictMha: (kind, cache, context) =>
      `${kind}：每个 Query 头都有自己的 K/V，${context} 个 token 占缓存 ${cache}。`,
    verdictSaves: (kind, cache, mha, factor, context) =>
      `${kind}：${context} 个 token 占缓存 ${cache}，而不是 ${mha}：只有其 1/${factor}。`,
    verdictParameters: (share, kv) =>
      `注意力的权重共减少 ${share}，其中 K 与 V 的矩阵减少 ${kv}：Query 与输出不变。`,
    verdictToken: (bytes, time, mha) =>
      `每个新词要读 ${bytes} 的 K 与 V：在 A100 上至少 ${time}，MHA 则为 ${mha}。`,
    verdictMeasured: (speed, mha, ratio, kind) =>
      `在这里测到：每层 ${kind} 为 ${speed} token/s，MHA 为 ${mha}：前者是后者的 ${ratio} 倍（中位数）。`,
    verdictNotMeasured: '在这个浏览器里有多快，按下面的按钮来测。',
    notesSay:
      '笔记 4.2 强调 K、V 矩阵的参数变少。那只是较小的收获：随每个词增长、每一步都要读的，是缓存。4.4 的“分组为 2”有四组：论文按 K/V 头数称为 GQA-4。',
    remark: '缓存字节数就是 KVCache 报告的；每个词的字节数来自只有一个 Query 的 traffic()。',
  },
  conversion: {
    question: '训练好的模型事后还能减少头吗？',
    section: '4.2 – 4.4',
    lead: '这是已加载模型的一层注意力，在读你的句子。用四种方法合并它的 K/V 头，之后不再训练：这里的误差就是“uptraining”的起点。',
    presets: '试试',
    presetNames: { bank: '一句话', list: '一个列表', question: '一个问题' },
    presetPoints: {
      bank: '普通的英语句子。',
      list: '重复：许多 Key 相似。',
      question: '很短，以问号结尾。',
    },
    sentence: '句子',
    layer: '层',
    layerName: (layer) => `第 ${layer} 层`,
    kvHeads: '留下的 K/V 头',
    ways: { mean: '平均', first: '取第一个', random: '全新的', aligned: '旋转后平均' },
    wayHints:
      '每组的平均（GQA 论文的选择）；组里第一个头；随机的新头；先用奇异向量把每个头旋转到与本组最接近，再平均。',
    bars: (kvHeads) => `留下 ${kvHeads} 个时，这一层输出的误差`,
    chart: '误差与留下的 K/V 头数',
    headsAxis: '留下的头',
    errorAxis: '误差',
    waiting: '权重正在路上，或这一层正在转换。',
    turn: '也试试先旋转',
    turnHint: '宽的头求奇异向量要一会儿：宽 64 约 2 秒，宽 128 约 16 秒。',
    working: '正在旋转……',
    verdictMean: (heads, kvHeads, mean) =>
      `从 ${heads} 个头到 ${kvHeads} 个，平均使这一层的输出改变其大小的 ${mean}：试过的里面最小。`,
    verdictHalf: ({ heads, kvHeads, mean }, best, way) =>
      `从 ${heads} 个头到 ${kvHeads} 个，平均使这一层的输出改变其大小的 ${mean}，“${way}”为 ${best}：试过的里面最小。`,
    verdictSame: (heads, error) => `到全部 ${heads} 个头，改变为 ${error}：GQA-${heads} 就是多头注意力。`,
    verdictOne: (mean, first, random) =>
      `到一个头（MQA）：平均 ${mean}，取第一个 ${first}，全新的 ${random}。`,
    verdictWait: '正在转换。',
    notesSay:
      '笔记 4.2 合并的是多个 MQA checkpoint 的 K、V 矩阵。GQA 论文合并的是一个多头 checkpoint 里的各个头，如这里，然后再训练预训练量的 5 %；对多个 checkpoint 取平均是另一种技术（averageCheckpoints）。',
    remark: '这是一层、一句话、任何训练之前的误差；整个模型会放大它，继续训练会减小它。',
  },
};
