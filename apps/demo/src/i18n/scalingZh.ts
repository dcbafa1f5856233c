// Scaling 页面的中文文本。The texts of the Scaling page in Chinese.

import type { ScalingTexts } from './scalingEn.ts';

/** Chinese. */
export const scalingZh: ScalingTexts = {
  failed: '计算停止了。',
  question: '点积为什么要除以 √d？',
  section: '2.3 · 6.2.4',
  lead: '刚初始化的 Query 与 Key：128 个 Query，各分量方差为 1。三种做法：q·k 除以 √d；像 T5 那样把 Query 初始化得小 √d 倍、什么都不除；什么都不做。拖动 d，看 softmax 怎样变成只选一个。',
  presets: '试试',
  presetNames: { bert: 'BERT 的头', small: '小的头', wide: '非常宽', few: '很少的 Key' },
  presetPoints: {
    bert: 'd = 64：BERT 与 2017 年 Transformer 的每个头都是这样。',
    small: 'd = 8 时，不除也还没有大碍。',
    wide: 'd = 1024 时，几乎每个 Query 都只看一个 Key。',
    few: '只有 16 个 Key：对手少了，饱和照样发生。',
  },
  depth: 'q 与 k 的维度 d',
  keys: 'Key 的个数',
  seed: '种子',
  at: '梯度量在哪里',
  places: { scores: '得分', input: '输入 x' },
  over: '128 个 Query 取',
  statistics: { median: '中位数', mean: '平均' },
  ways: { scaled: '÷ √d', t5: 'T5 初始化', unscaled: '不缩放' },
  waysHint: 'T5 的线与 ÷ √d 的线重合：同一个因子，换了个位置。',
  scores: '得分的分布',
  spreadOf: (way, deviation) => `${way}：标准差 ${deviation}`,
  scoresAxis: '得分',
  densityAxis: '密度',
  weights: '一个 Query 在 16 个 Key 上的权重',
  weightsRow: '做法',
  weightsColumn: 'Key',
  cell: (way, key, share) => `${way}：第 ${key} 个 Key 得到 ${share}。`,
  jacobian: '得分还能改变什么',
  jacobianHint: '这个 Query 的 |∂ 权重 / ∂ 得分|。全部空白的地方，梯度就传不过去。',
  jacobianRow: '哪个 Key 的权重',
  jacobianColumn: '哪个 Key 的得分',
  jacobianCell: (weight, score, value) =>
    `第 ${score} 个 Key 的得分升高一点，第 ${weight} 个 Key 的权重改变其 ${value} 倍。`,
  variance: '得分的方差',
  varianceAxis: '方差',
  entropy: '权重的熵',
  entropyAxis: '比特',
  uniform: '所有 Key 一样',
  largest: '最大的权重',
  largestAxis: '每个 Query，取平均',
  gradient: '传回来的梯度',
  gradientAxis: '进入的是 1',
  depthAxis: 'd',
  verdictSaturation: (depth, wrong, right) =>
    `d = ${depth} 时，不缩放的得分方差为 ${wrong.variance}，平均一个 Query 把 ${wrong.largest} 的权重放在一个 Key 上；除以 √${depth} 后方差为 ${right.variance}，只放 ${right.largest}。`,
  verdictGradient: (depth, wrong, right) =>
    `权重处大小为 1 的梯度，d = ${depth} 时中位数的 Query 传到得分处：不除剩 ${wrong}，除则剩 ${right}`,
  verdictNotYet: '：还没有变小。',
  verdictLess: (ratio) => `，后者是前者的 ${ratio} 倍。`,
  verdictVanishes: (depth, ratio) => `d = ${depth} 时相差 ${ratio} 倍：不除，梯度就消失了。`,
  verdictT5: (variance, right) =>
    `T5 的做法得到方差 ${variance}，除以 √d 得到 ${right}：起点完全一样，只是因子的位置不同。`,
  verdictMean: (wrong, right) =>
    `平均值讲的是另一回事：在输入处，不除是 ${wrong}，除是 ${right}。少数在两个 Key 之间摇摆的 Query 得到很大的梯度（也没有东西去除它），多数几乎得不到。`,
  verdictRange: (share, reach) => `不缩放的得分有 ${share} 落在 ±3√d = ±${reach} 之内，与笔记的假设一致。`,
  notesSay:
    '笔记 2.3 开头（与 1.2 一样）说是为了避免梯度爆炸，随后推导出的却相反：饱和，所以梯度消失。这次运行显示的正是后者。笔记的两种解决方法都使方差为 1；6.2.4 的 Var(q·k) = d 也量出来了。',
  measured: '实测',
  remark: '三种做法用同样的随机数；输入宽 256，方差为 1。',
};
