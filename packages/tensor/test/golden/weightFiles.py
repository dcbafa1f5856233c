"""Makes torch.json.gz and onnxWeights.json.gz: python weightFiles.py FOLDER. Small data of our own, nothing random but one layer."""
import base64, collections, gzip, io, json, os, sys, tempfile, warnings
import numpy as np, onnx, torch
from onnx import TensorProto, helper, numpy_helper
warnings.simplefilter('ignore')

b64 = lambda b: base64.b64encode(b).decode()
def expected(a):
    a = np.asarray(a)
    if a.dtype == bool: return {'dtype': 'bool', 'shape': list(a.shape), 'data': b64(a.astype('u1').tobytes())}
    if a.dtype.kind in 'iu':
        if a.size and (a.min() < -2**31 or a.max() > 2**31 - 1): return {'dtype': 'wide', 'shape': list(a.shape), 'data': [str(v) for v in a.ravel()]}
        return {'dtype': 'int32', 'shape': list(a.shape), 'data': b64(a.astype('<i4').tobytes())}
    return {'dtype': 'float32', 'shape': list(a.shape), 'data': b64(a.astype('<f4').tobytes())}
def of_torch(t):
    t = t.detach()
    if t.is_floating_point(): t = t.float()
    return expected(t.numpy())

cases = []
def torch_case(name, obj, outputs=None, refuse=None, **options):
    f = io.BytesIO()
    torch.save(obj, f, **options)
    cases.append({'name': name, 'file': b64(f.getvalue()), **({'refuse': refuse} if refuse else {'outputs': {k: of_torch(v) for k, v in outputs.items()}})})
x = torch.arange(6.).reshape(2, 3)
unsigned = {'u16': torch.tensor([1, 65535], dtype=torch.uint16), 'u32': torch.tensor([1, 4294967295], dtype=torch.uint32), 'u64': torch.tensor([1, 2**63 + 5], dtype=torch.uint64)}
torch_case('unsigned integers', unsigned, unsigned)
float8 = {'e4': (x - 2.3).to(torch.float8_e4m3fn), 'e5': (x - 2.3).to(torch.float8_e5m2)}
torch_case('float8', float8, float8)
p = torch.nn.Parameter(x.clone()); p.note = 3
y = x.clone(); y.note = 'hello'
attributes = {'parameter': p, 'tensor': y, 'buffer': torch.nn.Buffer(x)}
torch_case('tensors with attributes', attributes, attributes)
views = {'expanded': x.expand(2, 2, 3), 'flipped': x.flip(0), 'empty': torch.empty(0, 3), 'strided': torch.arange(10)[2:9:3], 'scalar': torch.tensor(3.5), 'permuted': torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1)}
torch_case('views', views, views)
torch_case('views, legacy', views, views, _use_new_zipfile_serialization=False)
torch_case('other values', {'a': x, 'size': x.shape, 'dtype': torch.float16, 'device': torch.device('cpu'), ('t', 1): x, 5: x}, {'a': x, '(t, 1)': x, '5': x})
nested = collections.OrderedDict(a=x, b=x.t(), c=[x[0]], d={'k': 1.5, 'n': None, 't': True, 'big': 2**40, 's': {1, 2}, 'by': b'abc', 'neg': -7, 'long': -2**70})
for protocol in range(1, 6):
    for modern in (True, False):
        torch_case(f'protocol {protocol}, {"zip" if modern else "legacy"}', nested, {'a': x, 'b': x.t(), 'c.0': x[0]}, pickle_protocol=protocol, _use_new_zipfile_serialization=modern)
torch.manual_seed(0)
m = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
o = torch.optim.Adam(m.parameters()); m(x).sum().backward(); o.step()
torch_case('a checkpoint of training', {'model': m.state_dict(), 'optimizer': o.state_dict()}, {f'model.{k}': v for k, v in m.state_dict().items()} | {f'optimizer.state.{i}.{k}': v for i, s in o.state_dict()['state'].items() for k, v in s.items()})
torch.serialization.set_crc32_options(False); torch_case('no checksums', {'a': x}, {'a': x}); torch.serialization.set_crc32_options(True)
torch_case('sparse', {'a': x.to_sparse()}, refuse='torch._utils._rebuild_sparse_tensor')
torch_case('complex', {'a': torch.complex(x, x)}, refuse='torch.ComplexFloatStorage')
torch_case('quantised', {'a': torch.quantize_per_tensor(x, .1, 0, torch.quint8)}, refuse='torch._utils._rebuild_qtensor')
torch_case('a module', m, refuse='torch.nn.modules.container.Sequential')
torch_case('a NumPy number', {'a': np.float64(3.5)}, refuse='multiarray.scalar')

onnx_cases = []
def onnx_case(name, tensors, outputs=None, refuse=None, files=None):
    model = helper.make_model(helper.make_graph([], 'g', [], [], initializer=tensors))
    onnx_cases.append({'name': name, 'files': {'model.onnx': b64(model.SerializeToString()), **(files or {})}, **({'refuse': refuse} if refuse else {'outputs': outputs})})
types = {'FLOAT': [1.5, -2.25, 3e38, 0], 'DOUBLE': [1.5, -2.25, 1e300, 0], 'FLOAT16': [1.5, -2.25, 65504, 0], 'BFLOAT16': [1.5, -2.25, 1024, 0], 'FLOAT8E4M3FN': [1.5, -2.25, 448, 0], 'FLOAT8E5M2': [1.5, -2.5, 1024, 0], 'INT8': [1, -128, 127, 0], 'UINT8': [1, 255, 127, 0], 'INT16': [1, -32768, 127, 0], 'UINT16': [1, 65535, 127, 0], 'INT32': [1, -2**31, 127, 0], 'INT64': [1, -5, 127, 2**31 - 1], 'UINT32': [1, 7, 127, 0], 'UINT64': [1, 7, 127, 0], 'BOOL': [True, False, True, True]}
def value(t): 
    a = numpy_helper.to_array(t)
    return a if a.dtype.kind in 'iub' and a.dtype.itemsize and a.dtype.names is None and str(a.dtype).startswith(('int','uint','bool')) else a.astype('f8').astype('f4')
typed, raw = [], []
for t, v in types.items():
    one = helper.make_tensor(t.lower(), getattr(TensorProto, t), [2, 2], v); typed.append(one)
    a = numpy_helper.to_array(one)
    raw.append(helper.make_tensor(t.lower(), getattr(TensorProto, t), [2, 2], a.tobytes(), raw=True))
with np.errstate(all='ignore'):
    onnx_case('every kind, as typed fields', typed, {t.name: expected(value(t)) for t in typed})
    onnx_case('every kind, as raw bytes', raw, {t.name: expected(value(t)) for t in raw})
wide = [helper.make_tensor('i', TensorProto.INT64, [3], [2**53 + 1, -2**63, 2**63 - 1]), helper.make_tensor('u', TensorProto.UINT64, [2], [2**64 - 1, 0]), helper.make_tensor('u32', TensorProto.UINT32, [2], [2**32 - 1, 1])]
onnx_case('wide integers', wide, {t.name: expected(numpy_helper.to_array(t)) for t in wide})
shapes = [numpy_helper.from_array(np.float32(3.5).reshape(()), 'scalar'), numpy_helper.from_array(np.zeros((0, 3), 'f4'), 'empty')]
onnx_case('a scalar and nothing', shapes, {t.name: expected(numpy_helper.to_array(t)) for t in shapes})
onnx_case('no initializers', [], {})
onnx_case('texts', [helper.make_tensor('s', TensorProto.STRING, [1], [b'a'])], refuse='STRING')
onnx_case('complex numbers', [helper.make_tensor('c', TensorProto.COMPLEX64, [1], [1 + 2j])], refuse='COMPLEX64')
onnx_case('four bits', [helper.make_tensor('q', TensorProto.UINT4, [2], [1, 2])], refuse='UINT4')
with tempfile.TemporaryDirectory() as d:
    tensors = [numpy_helper.from_array(np.arange(400, dtype='f4').reshape(20, 20), 'a'), numpy_helper.from_array(np.arange(300, dtype='i8'), 'b'), numpy_helper.from_array(np.arange(3, dtype='f4'), 'inside')]
    model = helper.make_model(helper.make_graph([], 'g', [], [], initializer=tensors))
    onnx.save_model(model, os.path.join(d, 'model.onnx'), save_as_external_data=True, all_tensors_to_one_file=True, location='model.onnx_data', size_threshold=64)
    read = lambda n: b64(open(os.path.join(d, n), 'rb').read())
    onnx_cases.append({'name': 'external data', 'files': {n: read(n) for n in sorted(os.listdir(d))}, 'outputs': {t.name: expected(numpy_helper.to_array(t)) for t in tensors}})

for name, content in (('torch.json.gz', cases), ('onnxWeights.json.gz', onnx_cases)):
    with open(os.path.join(sys.argv[1], name), 'wb') as f:
        with gzip.GzipFile(fileobj=f, mode='wb', mtime=0, filename='', compresslevel=9) as g: g.write(json.dumps(content).encode())
print(len(cases), len(onnx_cases), torch.__version__, onnx.__version__, np.__version__)
