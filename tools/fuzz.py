"""Call every public function, class and method with arguments of any shape, dtype, layout and size

    python tools/fuzz.py                              1,000 calls, spread over all of the package
    python tools/fuzz.py --calls 5000 --seed 1        more of them, and others
    python tools/fuzz.py --only score rdmc.Mixed     modules, or names of functions, classes and methods
    python tools/fuzz.py --replay targets.GMM.score/0/20/7    one call again, with its traceback

A call is a line of Python, drawn by hypothesis from the names and annotations of the parameters, and it is a finding if it

    nan       returns NaN or infinity for finite arguments
    swallow   returns finite numbers that depend on a NaN that it was given
    raw       raises what isn't a TypeError, an OSError, or a ValueError or ArithmeticError of a raise statement of scorediff
    changed   changes a tensor or the weights of a network that it was given
    slow      takes more than ten seconds

What is right nevertheless stands in `RIGHT`, with its reason. Calls are the same for the same seed and number. Each finding is a
line, with an id to replay; the last line says how many calls and findings. With one or more findings, the exit status is 1."""
import os
os.environ |= {'IN_TEST': '1', 'MPLBACKEND': 'agg', 'OMP_NUM_THREADS': os.environ.get('OMP_NUM_THREADS', '1')}

import argparse, contextlib, dis, importlib, inspect, io, itertools, math, re, signal, sys, tempfile, time, traceback, warnings, zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root))

import numpy as np, torch
from hypothesis import HealthCheck, Phase, given, seed as seeded_by, settings, strategies as st
from torch import Tensor, nn

import scorediff
from scorediff.all import *
from scorediff.adapters import *
from scorediff import plot

# ---- what arguments are made of: short enough to be read in a line

def T(*shape, dtype='float32', layout='plain', scale=1., poison=None, at=0, seed=0):
    "A tensor: normal numbers, or integers from 0 to 2 (256 levels for uint8), with `poison` at place `at`"
    dtype,g = getattr(torch, dtype),torch.Generator().manual_seed(seed)
    wide = (*shape[:-1], 2*shape[-1]) if layout=='strided' and shape else shape[::-1] if layout=='transposed' else shape
    if layout=='expanded' and shape: wide = (1,*shape[1:])
    if dtype.is_floating_point:
        x = torch.randn(wide, generator=g, dtype=torch.float64)*scale
        top = torch.finfo(dtype).max
        x = x.clamp(-top, top).to(dtype)
    else: x = torch.randint(0, 256 if dtype==torch.uint8 else 2 if dtype==torch.bool else 3, wide, generator=g).to(dtype)
    if poison is not None and x.numel(): x.view(-1)[at%x.numel()] = poison
    if layout=='strided' and shape: x = x[...,::2]
    if layout=='transposed': x = x.permute([*reversed(range(x.dim()))])
    if layout=='expanded' and shape: x = x.expand(shape)
    if layout=='channels_last' and x.dim()==4: x = x.contiguous(memory_format=torch.channels_last)
    return x

def positive(*shape, **kw): return T(*shape, **kw).abs() + 0.1
def shares(*shape, **kw): return T(*shape, **kw).softmax(-1) # positive, of sum one
def falling(*ts): return torch.tensor(ts, dtype=torch.float64)
def gmm(d=2): return GMM(torch.tensor([.3,.7]), torch.stack([torch.zeros(d), torch.ones(d)]), 0.3*torch.eye(d).expand(2, d, d))
def bell_log_prob(x): return -x.flatten(1).square().sum(1)/2
def cone_log_prob(x): return -x.flatten(1).norm(dim=1)
def box_log_prob(x): return -0.*x.flatten(1).sum(1) + torch.where(x.flatten(1).abs().amax(1)<1.5, 0., -math.inf).to(x)
def half(x, t): return x/2
def asked(x, t, y): return x/2
def mean_lik(x, t, x0, y): return -(x0-1).flatten(1).square().sum(1)
def first_mean(x): return x.flatten(1)[:,0].mean()
def double(x): return 2*x
def unit_field(x): return x/(1+x.norm(dim=1, keepdim=True))

class Own(Process):
    "A process of two functions and nothing else"
    def log_alpha(self, t): return -t-t**2
    def sigma(self, t): return (-torch.expm1(2*self.log_alpha(t))).sqrt()

def made(make, *args, seed=0, **kw):
    "A small network with weights that aren't zero"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = make(*args, **kw)
        for p in net.parameters(): p.data += 0.1*torch.randn(p.shape)
    return net.eval()

def mlp(d=2, classes=0): return made(MLP, d, 8, 1, classes)
def unet(c=1, classes=0, levels=0): return made(UNet, c, (8,8), 1, (), classes, 8, levels)
def judge_net(): return made(Classifier, (4,4,4), 4, 8, 3)
def running(d=2): return Training(mlp(d), Recipe(steps=2, batch=2))

def place(kind='new'):
    "A path: of a file that isn't there yet, isn't there, is a folder, is text, or holds a network; or of a folder of pictures"
    d = Path(tempfile.mkdtemp(prefix='fuzz'))
    if kind=='new': return d/'new.safetensors'
    if kind=='none': return d/'no'/'such'/'file'
    if kind=='folder': return d
    if kind=='text': (d/'text').write_text('not a network'); return d/'text'
    if kind=='net': save_net(mlp(), d/'net.safetensors'); return d/'net.safetensors'
    if kind=='run': save_run(running(), d/'run.safetensors'); return d/'run.safetensors'
    from PIL import Image
    for i in range(4):
        (d/'ab'[i%2]).mkdir(exist_ok=True)
        Image.fromarray(np.full((6,5), 40*i, np.uint8)).save(d/'ab'[i%2]/f'{i}.png')
    return d

# ---- how arguments are drawn: code, by the name of the function and of the parameter

BAD = ('nan','inf','-inf')
# parts of networks and of their training meet what training makes: float32, of one shape, not empty
BRICKS = set('Block Attention Levels Waves Classifier blur shuffled noised blurred cut joined blended warped blobs spoiled '
             'moved CrossEntropy'.split())
# parts that belong together by construction
RECORDS = set('Draws Bell Mixed Controlled Flow Stats Round Move Tried Forces Ladder Coef Entry Images Posterior Count Bits '
              'Fit'.split())
FLAT = {'GMM','Gaussian','MLP','rdmc','reference','rivals','densities','chains','behind','Known','modes'} # of d dimensions
PLANE = {'Rings','MullerBrown'}

class Args:
    "The arguments of one call, which fit each other but for one that may be wild"
    def __init__(self, data, target):
        self.data,self.target,self.wild = data,target,False
        words = {target.module,*target.name.split('.')}
        self.brick,self.record = bool(words & BRICKS),bool(words & RECORDS)
        self.n = self.pick(3, 1, 4, 2) if self.brick or self.record else self.pick(3, 1, 4, 2, 0)
        self.d = self.pick((2,), (1,), (3,), (1,8,8), (2,2)) if not words & FLAT else self.pick((2,), (1,), (3,))
        if words & PLANE: self.d = (2,)
        self.dtype = 'float32' if self.brick else self.pick('float32','float64','float16','bfloat16')
        self.on(self.pick('VP()','OU()','VE()','EDM()','SubVP()','Cosine()','Own()','OU(T=1.5)','Table.of(linear_betas(20, 1e-4, .3))'))

    def on(self, process):
        "Let times and scores be those of a process"
        self.process,self.p,self.table = process,eval(process),process.startswith('Table')
        return process

    def pick(self, *options): return self.data.draw(st.sampled_from(options))
    def chance(self, share): return self.data.draw(st.integers(0, 99))<100*share

    def tensor(self, shape, make='T', dtype=None, positive=False):
        "A tensor of this shape, or a wild one"
        kw = dict(dtype=dtype or self.dtype)
        if self.chance(.3): kw['layout'] = self.pick('strided','expanded','transposed','channels_last')
        if self.wild:
            kind = self.pick('poison','scale') if self.brick or self.record else self.pick('poison','scale','shape','dtype','empty')
            if kind=='poison': kw |= dict(poison=float(self.pick(*BAD)), at=self.pick(0, -1, 1))
            if kind=='scale': kw['scale'] = self.pick(1e-30, 0., 300., *([] if self.brick else [1e30]))
            if kind=='shape': shape = self.pick((), shape[:-1], (*shape,1), (*shape[:-1],shape[-1]+1) if shape else (1,), (self.n+1,*shape[1:]))
            if kind=='dtype': kw['dtype'] = self.pick('int64','uint8','bool','float64','float32','float16')
            if kind=='empty': shape = self.pick((0,*shape[1:]), (*shape[:-1],0))
        kw['seed'] = self.pick(0, 1, 2)
        if dtype and not getattr(torch, kw['dtype']).is_floating_point: kw = {k:v for k,v in kw.items() if k not in ('poison','scale')}
        plain = dict(dtype='float32', seed=0)
        inside = [*map(str, shape), *(f'{k}=' + (f"float('{v}')" if k=='poison' else repr(v)) for k,v in kw.items() if plain.get(k)!=v)]
        return f'{make}({", ".join(inside)})'

    def points(self, shape=None): return self.tensor((self.n,*self.d) if shape is None else shape)
    def number(self, *good):
        if not self.wild: return repr(self.pick(*good))
        return self.pick('0.','-1.','1e-30','1e30','0','1',"float('nan')","float('inf')","-float('inf')",'None')
    def whole(self, *good):
        if not self.wild: return repr(self.pick(*good))
        return self.pick('0','-1','1','7','2.5',"float('nan')",'None','-1000')
    def yes(self): return self.pick('False','True')

    def times(self): return self.time(many=True)
    def inside(self):
        self.wild = False
        return self.time(many=True)

    def time(self, many=False):
        p = self.p
        if self.wild:
            if many and self.chance(.3):
                shape,dtype = self.pick((self.n,), (), (self.n+1,)),self.pick('float32','float64','int64')
                return self.tensor(shape, dtype=dtype)
            return self.pick('0.','-1.',repr(2*p.T),"float('nan')","float('inf')",'1e-30','None','1',repr(p.T),repr(p.t_min))
        share = self.pick(.5, .1, .9, .03, 1., 0.)
        t = p.t_min + share*(p.T-p.t_min)
        if self.table: t = float(round(t))
        if not many or self.chance(.8): return repr(t)
        return f'torch.full(({self.n},), {t!r}{self.pick("", ", dtype=torch.float64")})'

    def grid(self):
        if self.wild: return self.pick('[1., .5]','[]','[.5]','[.5, 1.]','[.5, .5]',"[1., float('nan')]",
                                       f'falling({self.p.T!r}, {self.p.t_min!r})','torch.zeros(2, 2)','[1, 0]')
        if self.table: return f'strided({self.process}, {self.pick(2, 4)})'
        return f'{self.pick("even_t","even_snr","rho_grid")}({self.process}, {self.pick(2, 3)})'

    def score(self):
        P,d = self.process,self.d
        c = d[0]
        faces = [f'Score({P}, eps=half)', f'Score({P}, x0=half)', f'exact(Empirical(T(4, {", ".join(map(str, d))}), .3), {P})']
        if len(d)==1: faces = [f'exact(gmm({c}), {P})', f'trained(mlp({c}), {P})', f'rdmc(gmm({c}).log_prob, {P}, gmm({c}), 4)'] + faces
        if len(d)==3: faces += [f'trained(unet({c}), {P})', f'trained(unet({c}, levels=4), {P})']
        return self.pick(*faces)

    def step(self, fixed=False):
        s = self.score()
        if fixed: return self.pick(f'Langevin({s})', f'AdaptiveMomentum(Langevin({s}))', f'Underdamped(Langevin({s}))', f'Langevin({s}, h=.01)')
        return self.pick(f'DDIM({s})', f'DDIM({s}, 1.)', f'EM({s})', f'Heun({s})', f'Euler({s})', f'DPM2M({s})', f'Ancestral({s})',
                         f'PC(DDIM({s}), Langevin({s}))', f'ODE({s}, 1e-2, 1e-2)', f'Churn(Heun({s}), .1)', f'ExpEuler({s}, 1.)')

    def law(self): return self.pick('bell_log_prob','cone_log_prob','box_log_prob',f'gmm({self.d[0]}).log_prob')
    def diffusing(self):
        points = f'Empirical(T(4, {", ".join(map(str, self.d))}), .3)'
        return self.pick(f'gmm({self.d[0]})', points) if len(self.d)==1 else points
    def labels(self, classes=3): return self.tensor((self.n,), dtype='int64') if self.wild else self.pick('None', f'T({self.n}, dtype="int64")')
    def levels(self, shape=None): return self.tensor((self.n,*self.d) if shape is None else shape, dtype='uint8')
    def coef(self): return f'{self.process}.at({self.time()})'
    def draws(self): return f'Draws({self.points((self.n,4,*self.d))}, {self.points((self.n,4))})'
    def estimator(self):
        return self.pick(f'Importance({self.law()}, gmm({self.d[0]}), 4)', f'Control(Importance({self.law()}, gmm({self.d[0]}), 4))',
                         f'Laplace(gmm({self.d[0]}), .5)', f'Chains(gmm({self.d[0]}), .5, m=2, steps=2)', f'Rejection(bell_log_prob, 0., 4)', 'Bell.flat')
    def pictures(self, digit=False):
        shape = (self.n,1,28,28) if digit else (self.n,1,8,8)
        return self.tensor(shape) if not digit or self.wild else f'to_float({self.tensor(shape, dtype="uint8")})'
    def net(self): return f'mlp({self.d[0]})' if len(self.d)==1 else f'unet({self.d[0]})'
    def fit(self): return f'adapt({self.law()}, gmm({self.d[0]}), n=50, most=2, k=2)'

def many(f, lo=0, hi=3):
    "As positional arguments, so many"
    def draw(a): return ', '.join(f(a) for _ in range(a.data.draw(st.integers(lo, hi))))
    return draw

A = Args
NAMES = { # parameter name -> code; None: leave the default
    **dict.fromkeys('x x0 z u eps other near centre known points a b real train held seen v'.split(), A.points),
    **dict.fromkeys('t s'.split(), A.time), 'ts': A.grid, 'start': A.time, 'end': A.time,
    'log_snr': lambda a: a.number(0., -5., 5., 13.) if a.chance(.5) else a.tensor((a.n,)),
    'seed': lambda a: a.pick('0','7','10**10') if not a.wild else a.pick('-1','1.5','None','2**70'),
    'ids': lambda a: a.pick('None',f'range({a.n})',f'[{"5,"*a.n}]') if not a.wild else a.pick('[]','[-1]','[.5]','range(9)'),
    'score': A.score, 'process': lambda a: a.process, 'of': lambda a: a.process,
    'step': A.step, 'predictor': A.step, 'inner': A.step, 'outer': A.step,
    'corrector': lambda a: a.step(fixed=True),
    'target': A.diffusing, 'law': A.diffusing, 'log_prob': A.law, 'reference': lambda a: f'gmm({a.d[0]})',
    'around': lambda a: f'gmm({a.d[0]})', 'q': lambda a: f'gmm({a.d[0]})',
    'estimator': A.estimator, 'first': lambda a: a.pick('None','Bell.flat'), 'net': A.net, 'y': A.labels, 'k': A.levels,
    'c': A.coef, 'p': A.coef,
    'n': lambda a: a.whole(3, 1, 20), 'm': lambda a: a.whole(4, 1, 16), 'rounds': lambda a: a.whole(3, 1),
    'steps': lambda a: a.whole(2, 1, 4),
    'h': lambda a: a.number(.5, .01, 2.), 'w': lambda a: a.number(.5, 0., 1., 2.),
    'std': lambda a: a.number(.5, .1, 1.), 'var': lambda a: a.number(1., .5),
    'rtol': lambda a: a.number(1e-2, 1e-3), 'atol': lambda a: a.number(1e-2, 1e-3),
    'probes': lambda a: a.whole(None, 1, 2), 'most': lambda a: a.whole(200, 1000),
    'eta': lambda a: a.number(0., 1., .5), 'gamma': lambda a: a.number(.1, .5),
    'snr': lambda a: a.number(.16, .5), 'beta': lambda a: a.number(.5, 0.),
    'draws': lambda a: a.whole(2, 8),
    'path': lambda a: f'place({a.pick("new","none","folder","text","net","run","pictures")!r})',
    'device': lambda a: "'cpu'",
    'decoder': lambda a: a.pick('PerPixel()','Centred()'), 'mask': lambda a: a.tensor(a.d, dtype='bool'),
    'log_w': lambda a: a.points((a.n,4)),
    'spread': lambda a: a.tensor((a.n,), 'positive'), 'mean': A.points, 'sd': lambda a: a.number(.5, 2.),
    'title': lambda a: a.pick('None',"'A title'"),
    'lim': lambda a: a.number(4., 1.), 'f': lambda a: a.pick('double','unit_field'),
    'kind': lambda a: a.pick("'samples'","'noise'","'other'"),
    'shape': lambda a: a.pick('None', repr(a.d), '(9,)'),
    'progress': A.yes, 'grad': A.yes, 'exact': A.yes, 'batch': A.yes, 'widen': lambda a: a.number(1.2, 1.),
    'probe': lambda a: a.pick('None', a.points()),
    'size': lambda a: None, 'ax': lambda a: None, 'dtype': lambda a: None, 'opt': lambda a: None,
    'kwargs': lambda a: '', 'record': lambda a: None,
}
SPECIAL = { # 'function.parameter' or 'Class.method.parameter' or 'module.parameter' -> code
    'expand.t': lambda a: a.number(.5, 2) if a.chance(.5) else a.tensor(a.pick((a.n,), ())),
    'check_points.name': lambda a: "'x'", 'Streams.ids': lambda a: f'range({a.n})',
    'Streams.ahead': lambda a: a.whole(4, 256), 'Streams.__call__.d': lambda a: a.whole(2, 1),
    'pick_device.name': lambda a: a.pick("'auto'","'cpu'","'cuda:9'","'tpu'","''","'mps'","'meta'"),
    'progress.it': lambda a: 'range(3)',
    'slope.fn': lambda a: a.pick('torch.sin','torch.ones_like'),
    'slope.t': lambda a: a.tensor((a.n,), dtype='float64'),
    'Process.prior.shape': lambda a: a.pick(f'{a.n}, {", ".join(map(str, a.d))}') if not a.wild else a.pick('', '0, 2', '-1, 2', '2.5', '3'),
    'Process.coef.t': lambda a: f'torch.full(({a.n},), {a.p.t_min/2+a.p.T/2!r})' if not a.table else f'torch.full(({a.n},), 3.)',
    'Process.warm.ts': lambda a: a.grid() if not a.wild else a.pick('torch.zeros(2, 2)','falling()',"falling(1., float('nan'))",'falling(-1.)','falling(1e30)'),
    'invert.log_snr': lambda a: f'T({a.n}, dtype="float64", scale={a.pick(1., 5.)}, seed={a.pick(0, 1)})',
    'VP.faded.y': lambda a: a.tensor((a.n,), 'positive', dtype='float64'),
    'VP.beta_min': lambda a: a.number(.1, 0.), 'VP.beta_max': lambda a: a.number(20., 10.),
    'SubVP.beta_min': lambda a: a.number(.1, 0.), 'SubVP.beta_max': lambda a: a.number(20., 10.),
    'VE.sigma_min': lambda a: a.number(.001, .01), 'VE.sigma_max': lambda a: a.number(100., 50.),
    'rho_grid.rho': lambda a: a.number(7., 1., 1e4), 'T': lambda a: a.number(None),
    't_min': lambda a: a.number(None),
    'Coef.alpha': lambda a: a.number(.5, 1.), 'Coef.sigma': lambda a: a.number(.5, 1.),
    'Coef.f': lambda a: a.number(-1., 0.), 'Coef.g2': lambda a: a.number(1., .1),
    'Coef.log_snr': lambda a: a.number(0.),
    'GMM.w': lambda a: a.tensor((2,), 'shares'), 'GMM.mu': lambda a: a.points((2,*a.d)),
    'GMM.cov': lambda a: f'.3*torch.eye({a.d[0]}).expand(2, {a.d[0]}, {a.d[0]})' if not a.wild else a.points((2,*a.d,*a.d)),
    'GMM.var': lambda a: None, 'GMM.axes': lambda a: None, 'Gaussian.mu': lambda a: a.points(a.d),
    'Gaussian.cov': lambda a: f'torch.eye({a.d[0]})' if not a.wild else a.points((*a.d,*a.d)),
    'diffuse.alpha': lambda a: a.number(.5, 1., 0.) if a.chance(.6) else a.tensor((a.n,), 'positive'),
    'diffuse.sigma': lambda a: a.number(.5, 1.) if a.chance(.6) else a.tensor((a.n,), 'positive'),
    'Empirical.scale': lambda a: a.number(1., .5), 'Empirical.chunk': lambda a: a.whole(1000, 2),
    'two_moons.std': lambda a: a.number(.1, 1.),
    'ring.k': lambda a: a.whole(8, 1, 3), 'ring.radius': lambda a: a.number(2., 1.),
    'two_modes.d': lambda a: a.whole(2, 1, 5), 'broad.d': lambda a: a.whole(2, 1),
    'broad.width': lambda a: a.number(2., .5),
    'Rings.radii': lambda a: a.pick('(1.,2.)','(3.,)') if not a.wild else a.pick('()','(0.,)','(-1.,)',"(float('nan'),)",'(1e30,)'),
    'Rings.std': lambda a: a.number(.1, .15),
    'Funnel.d': lambda a: str(a.d[0]) if not a.wild else a.whole(2), 'Funnel.var': lambda a: a.number(3., 1.),
    'Logistic.a': lambda a: a.points((5,a.d[0])), 'Logistic.b': lambda a: a.tensor((5,), dtype='bool'),
    'Logistic.std': lambda a: a.number(1., 2.),
    'Logistic.x': lambda a: a.points((a.n,a.d[0]+1)), 'Funnel.x': lambda a: a.points(),
    **{f'{o}.t': A.inside for o in 'alpha sigma log_alpha log_snr f g2 beta share'.split()},
    **{f'{o}.t': A.times for o in 'Score Exact Trained at noise'.split()},
    'Score.score': lambda a: 'half', 'Score.eps': lambda a: None, 'Score.x0': lambda a: None,
    'Score.v': lambda a: None, 'Score.div': lambda a: None, 'Score.nfe': lambda a: a.whole(1, 0),
    'mix.a': lambda a: a.number(1., 0.),
    'mix.b': lambda a: a.pick("{'score': 1.}","{'x0': .5, 'eps': .5}",'{}',"{'v': 1.}",f"{{'eps': {a.number(1.)}}}"),
    'combine.a': lambda a: a.number(1., 0.),
    'combine.b': lambda a: a.pick('score=1.','x0=.5, eps=.5','','v=1.',f'eps={a.number(1.)}'),
    'given.y': lambda a: a.labels(),
    'rows.i': lambda a: f'torch.arange({a.n})' if not a.wild else a.tensor((2,), dtype='int64'),
    'trained.y': lambda a: 'None', 'Trained.y': lambda a: 'None',
    'Trained.check.least': lambda a: a.number(-5., 0.), 'Trained.check.most': lambda a: a.number(5., 13.),
    'Move.info': lambda a: '{}', 'uniform.x': A.points, 'log_uniform.x': A.points,
    'Move.std': lambda a: a.number(0., .5, 1) if a.chance(.6) else a.tensor((a.n,), 'positive'),
    'memo': lambda a: 'None', 'walk.every': lambda a: a.whole(8, 1), 'last': lambda a: 'None',
    'cos_sin.log_snr': lambda a: a.tensor((a.n,)), 'nets.log_snr': lambda a: a.tensor((a.n,)),
    'nets.y': lambda a: 'None' if not a.wild else a.labels(),
    'Waves.width': lambda a: a.whole(8, 2), 'Waves.n': lambda a: a.whole(4, 1),
    'Waves.lo': lambda a: a.number(-10.), 'Waves.hi': lambda a: a.number(13.3),
    'MLP.d': lambda a: str(a.d[0]) if not a.wild else a.whole(2), 'MLP.width': lambda a: a.whole(8),
    'MLP.depth': lambda a: a.whole(1, 0), 'classes': lambda a: a.whole(3, 0, 1),
    'Levels.n': lambda a: a.whole(4, 256), 'Levels.forward.a': lambda a: '0.',
    'Levels.forward.b': lambda a: '0.', 'Levels.forward.m': lambda a: 'None', 'Levels.forward.u': A.points,
    'cos': lambda a: 'torch.tensor(.6)', 'sin': lambda a: 'torch.tensor(.8)',
    'Block.ci': lambda a: '8', 'Block.co': lambda a: a.whole(8, 16), 'Block.ce': lambda a: '4',
    'Block.groups': lambda a: a.whole(8, 1), 'Block.forward.x': lambda a: a.points((a.n,8,4,4)),
    'Block.forward.e': lambda a: a.points((a.n,4)),
    'Attention.c': lambda a: '8', 'Attention.heads': lambda a: a.whole(4, 2),
    'Attention.forward.x': lambda a: a.points((a.n,8,4,4)),
    'UNet.channels': lambda a: '1',
    'UNet.widths': lambda a: a.pick('(8,8)','(8,16)') if not a.wild else a.pick('()','(3,)','(0,)','(8,)','(-8,)'),
    'UNet.blocks': lambda a: a.whole(1, 2), 'UNet.fourier': lambda a: a.pick('(6,7)','()'),
    'UNet.emb': lambda a: a.whole(8), 'UNet.levels': lambda a: a.whole(0, 4),
    'UNet.u': lambda a: a.points((a.n,1,8,8)), 'UNet.seen': lambda a: a.points((a.n,1,8,8)),
    'UNet.body.u': lambda a: a.points((a.n,1,8,8)),
    'tensors': lambda a: a.pick('{}', f"{{'a': {a.points()}}}"),
    'write_tensors.meta': lambda a: a.pick('', 'a=1', "b=float('nan')"), 'save_net.meta': lambda a: '',
    'load_net.cls': lambda a: 'MLP', 'load_run.cls': lambda a: 'MLP',
    'Recipe.steps': lambda a: a.whole(2, 10), 'Recipe.batch': lambda a: a.whole(2, 64),
    'Recipe.lr_at.k': lambda a: a.whole(0, 1, 5), 'lr': lambda a: a.number(1e-3),
    'warmup': lambda a: a.whole(0, 2), 'decay': lambda a: a.number(.3, 0.), 'ema': lambda a: a.number(.9),
    'clip': lambda a: a.number(1.),
    'Training.recipe': lambda a: 'Recipe(steps=2, batch=2)', 'run': lambda a: f'running({a.d[0]})',
    'runs': lambda a: 'iter([running()])', 'loss': lambda a: 'Denoising()',
    'data': lambda a: f'({a.points((4,a.d[0]))}, None)',
    'batches': lambda a: f'({a.points((4,a.d[0]))}, None)', 'name_of.cls': lambda a: 'MLP',
    'every': lambda a: a.whole(250, 1), 'minutes': lambda a: a.number(None, 1.),
    'changes': lambda a: a.pick('', 'steps=3'), 'Denoising.__call__.y': lambda a: 'None',
    'knots': lambda a: None, 'heights': lambda a: None,
    'EDMWeight.mean': lambda a: a.number(-1.2), 'EDMWeight.std': lambda a: a.number(1.2),
    'sigma_data': lambda a: a.number(.5), 'share': lambda a: a.number(.2, .5),
    'train.log_snr': lambda a: f'T({a.n}, dtype={a.dtype!r}, scale={a.pick(1., 5., 30.)})',
    'Denoising.log_snr': lambda a: 'LogSNR()',
    'Denoising.weight': lambda a: a.pick('Balanced()','Likelihood()','Simple()','EDMWeight()'),
    'drop': lambda a: a.number(.5, 0.), 'error': lambda a: None,
    'Table.alpha_bar': lambda a: a.pick('falling(.9, .5, .1)') if not a.wild else a.tensor((3,), dtype='float64'),
    'Table.of.betas': lambda a: a.pick('linear_betas(5)','cosine_betas(5)') if not a.wild else a.tensor((3,)),
    'Table.t': lambda a: a.pick('torch.tensor([1., 2.])','torch.tensor([0., 3.])') if not a.wild else a.tensor((2,)),
    'linear_betas.first': lambda a: a.number(1e-4), 'linear_betas.last': lambda a: a.number(.02),
    'cosine_betas.offset': lambda a: a.number(.008), 'cosine_betas.most': lambda a: a.number(.999),
    'table': lambda a: 'Table.of(linear_betas(20, 1e-4, .3))', 'Entry.alpha': lambda a: '.5',
    'Entry.sigma': lambda a: '.5', 'Entry.f': lambda a: '0.', 'Entry.g2': lambda a: '0.',
    'Entry.log_snr': lambda a: '0.',
    'integrate.field': lambda a: 'half', 'fuse.p': lambda a: a.number(1.), 'fuse.q': lambda a: a.number(.5), 'fuse.given': lambda a: a.pick('None', a.points()), 'integrate.process': lambda a: a.pick('None', a.process),
    'worst.e': lambda a: f'T({a.pick(3, 1)}, 2, dtype={a.dtype!r})',
    'slerp.w': lambda a: a.number(.5, 0., 1., .1) if a.chance(.6) else a.tensor((a.n,)),
    'encode.kwargs': lambda a: 'rtol=1e-2, atol=1e-2', 'decode.kwargs': lambda a: 'rtol=1e-2, atol=1e-2',
    'log_prob.kwargs': lambda a: a.pick('rtol=1e-2, atol=1e-2', 'rtol=1e-2, atol=1e-2, probes=2', f'rtol=1e-2, atol=1e-2, probes={a.whole(1)}'),
    'PC.n': lambda a: a.whole(1, 0, 2), 'MALA.h': lambda a: a.number(.5, 1.),
    'Langevin.h': lambda a: a.number(None, .01), 'data_std': lambda a: a.number(0., .5, 1.),
    'Tried.t': lambda a: '.5', 'Tried.log_prob': lambda a: a.tensor((a.n,)), 'Tried.score': A.points,
    'log_lik': lambda a: 'mean_lik', 'again': lambda a: a.whole(0, 1), 'asked': lambda a: None,
    'Steered.y': lambda a: 'None', 'steered.y': lambda a: 'None', 'Known.__call__.y': A.points,
    'Known.std': lambda a: a.number(0., .1), 'no_density.t': lambda a: '.5',
    'least': lambda a: a.number(0., .5), 'Churn.most': lambda a: a.number(50., 5.),
    'inflate': lambda a: a.number(1., 1.01), 'Churn.step': lambda a: f'Heun({a.score()})',
    'AdaptiveSDE.first': lambda a: a.number(.01, .5),
    'AdaptiveSDE.slopes.t': lambda a: f'torch.full(({a.n},), {a.p.T/2!r}, dtype=torch.float64)',
    'AdaptiveSDE.slopes.i': lambda a: f'torch.arange({a.n})',
    'AdaptiveMomentum.step': lambda a: f'Langevin({a.score()})',
    'AdaptiveMomentum.beta': lambda a: a.number(None, .5), 'memory': A.yes, 'warm': A.yes, 'stale': A.yes,
    'AdaptiveMomentum.eps': lambda a: a.number(1e-3), 'keep': lambda a: a.number(.5, 0.),
    'Underdamped.step': lambda a: f'Langevin({a.score()})',
    'find.memo': lambda a: f'Forces(None, {a.points()}, {a.points()})', 'find.g': A.points,
    'Forces.step': lambda a: 'None', 'Forces.m': A.points, 'Forces.g': A.points,
    'Draws.y': lambda a: a.points((a.n,4,*a.d)), 'scaled': A.yes,
    'Mixed.sample.m': lambda a: a.whole(4, 1), 'Mixed.log_r': lambda a: a.tensor((a.n,2), dtype='float64'),
    'Mixed.along': lambda a: a.tensor((a.n,2,*a.d), dtype='float64'),
    'Mixed.var': lambda a: a.tensor((a.n,2,*a.d), 'positive', dtype='float64'),
    'Mixed.axes': lambda a: f'torch.eye({a.d[0]}, dtype=torch.float64).expand(2, {a.d[0]}, {a.d[0]})',
    'Mixed.dtype': lambda a: 'torch.float64', 'Parent.mean': A.yes,
    'Parent.score': lambda a: f'rdmc(gmm({a.d[0]}).log_prob, {a.process}, gmm({a.d[0]}), 4)',
    'to_data.ts': A.grid, 'rdmc.check': lambda a: a.whole(0, 100), 'rdmc.start.n': lambda a: a.whole(3),
    'temper.log_w': lambda a: a.points((30,)), 'temper.least': lambda a: a.number(3., 10.),
    'resample.w': lambda a: a.tensor((30,), 'shares'),
    'mixture.y': lambda a: a.tensor((30,*a.d), dtype='float64'), 'mixture.k': lambda a: a.whole(2, 1, 5),
    'Round.q': lambda a: f'gmm({a.d[0]})', 'Round.draws': A.draws, 'power': lambda a: a.number(1., .5),
    'Fit.rounds': lambda a: f'[Round(gmm({a.d[0]}), Draws(T(1, 30, {a.d[0]}), {a.points((1,30))}), 1.)]',
    'adapt.n': lambda a: a.whole(50, 200), 'adapt.most': lambda a: a.whole(2, 3),
    'enough': lambda a: a.number(.5, .1), 'adapt.k': lambda a: a.whole(2, 4),
    'wide': lambda a: a.number(.1, .5), 'fits': many(A.fit, 0, 2),
    'Controlled.draws': A.draws, 'Controlled.known': A.draws,
    'Control.estimator': lambda a: f'Importance({a.law()}, gmm({a.d[0]}), 4)', 'estimated.estimator': A.estimator,
    'Density.fn': A.law, 'Density.grad': lambda a: 'None', 'Density.shape': lambda a: a.pick('None', repr(a.d)),
    'log_z': lambda a: a.pick('None','0.'), 'of.target': lambda a: a.pick(f'gmm({a.d[0]})', a.law()),
    'Laplace.target': lambda a: a.pick(f'gmm({a.d[0]})', a.law()),
    'Chains.target': lambda a: a.pick(f'gmm({a.d[0]})', a.law()),
    'Bell.var': lambda a: a.points() if a.wild else a.tensor((a.n,*a.d), 'positive'),
    'Chains.m': lambda a: a.whole(2, 1), 'Chains.steps': lambda a: a.whole(2, 1),
    'Chains.keep': lambda a: a.whole(1), 'Chains.share': lambda a: a.number(.5, 1.),
    'Again.first': lambda a: 'Bell.flat', 'modes.y': lambda a: a.points((2,*a.d)),
    'Rejection.top': lambda a: a.number(0., 1.), 'Rejection.m': lambda a: a.whole(4, 1),
    'modes.log_prob': lambda a: a.pick(f'gmm({a.d[0]}).log_prob','bell_log_prob'),
    'Rejection.log_prob': lambda a: 'bell_log_prob',
    'pairs': lambda a: a.whole(2, 1), 'w2_floor.n': lambda a: a.whole(10, 1),
    'Resampling.m': lambda a: a.whole(10, 1), 'Ladder.i': lambda a: '0',
    'Ladder.h': lambda a: a.points((a.n,2,1)), 'Ladder.l': lambda a: a.points((a.n,2,2)),
    'Ladder.g': lambda a: a.points((a.n,2,2,*a.d)),
    'powers': lambda a: a.pick('(0.,1.)','(.5,1.)'), 'Tempered.x': lambda a: a.points((a.n,2,*a.d)),
    'Tempered.look.x': lambda a: a.points((a.n,2,*a.d)),
    'now': lambda a: f'Ladder(0, T({a.n},2,1), T({a.n},2,2), T({a.n},2,2,{a.d[0]}))',
    'swapped.b': lambda a: 'torch.tensor([0., 1.])', 'Tempering.steps': lambda a: a.whole(3, 1),
    'rungs': lambda a: a.whole(2, 1), 'bend': lambda a: a.number(4., 1.),
    'Learned.steps': lambda a: a.whole(2, 3), 'Learned.draws': lambda a: a.whole(100),
    'Learned.k': lambda a: a.whole(2), 'Learned.process': lambda a: None,
    'Since.start': lambda a: a.number(a.p.T/2, a.p.t_min) if not a.table else '3.', 'Marginal.of': A.score,
    'Marginal.t': A.time, 'Since.T': lambda a: None, 'Since.t_min': lambda a: None, 'Marginal.score.y': A.points,
    'even_since.process': lambda a: f'Since(of={a.process}, start={a.p.T/4!r})',
    'even_since.k': lambda a: a.whole(2, 1),
    'even_since.start': lambda a: repr(a.p.T), 'ByChains.start_snr': lambda a: a.number(-3., -5.),
    'ByChains.end_snr': lambda a: a.number(0., 2.), 'ByFreshChains.end_snr': lambda a: a.number(6., 3.),
    'ByChains.steps': lambda a: a.whole(2, 1), 'ByFreshChains.steps': lambda a: a.whole(2, 1),
    'ByChains.times.n': lambda a: a.whole(5, 2),
    'ByFreshChains.times.n': lambda a: a.whole(5, 2), 'Relay.start': lambda a: a.number(a.p.T*.7),
    'Relay.end': lambda a: a.number(a.p.T*.2),
    'Flow.z': A.points, 'Flow.prior': lambda a: a.tensor((a.n,)), 'Flow.stretch': lambda a: a.points((a.n,2)),
    'Centred.factor': lambda a: a.number(1., 2.), 'width': lambda a: a.number(.1, 1.),
    'parts': lambda a: f"{{'a': {a.tensor((a.n,))}}}", 'notes': lambda a: f"{{'probe': {a.tensor((a.n,))}}}",
    'way': lambda a: a.pick(f'Bound({a.score()}, 2)', f'ByFlow({a.score()}, rtol=1e-2, atol=1e-2)', f'Dequantised({a.score()}, rtol=1e-2, atol=1e-2)'),
    'bits_per_dim.batch': lambda a: a.whole(100, 1), 'bits_per_dim.seed': lambda a: a.whole(0, 1),
    'bits_per_dim.ids': lambda a: 'None', 'by': lambda a: a.number(.1, .5),
    'solver_gap.way': lambda a: f'ByFlow({a.score()}, rtol=1e-2, atol=1e-2)',
    'solver_gap.kwargs': lambda a: '', 'z': A.points,
    'Elbo.ts': lambda a: f'even_snr({a.process}, 4)' if not a.wild else a.grid(),
    'Elbo.draws': lambda a: a.whole(2, None), 'ratio': lambda a: a.pick('tight','wide'),
    'read': lambda a: 'read_bins', 'price.i': lambda a: f'torch.full(({a.n},), 1)', 'elbo.q': A.coef,
    'mean_se.x': lambda a: a.points((a.n,)), 'frechet.a': lambda a: f'stats({a.points((4,*a.d))})',
    'frechet.b': lambda a: f'stats({a.points((4,*a.d))})',
    'frechet_floor.a': lambda a: f'stats({a.points((4,*a.d))})',
    'frechet_floor.n': lambda a: a.whole(10, 100), 'frechet_floor.m': lambda a: a.whole(None, 10),
    'bootstrap_se.f': lambda a: 'first_mean', 'bootstrap_se.xs': many(A.points, 1, 2),
    'bootstrap_se.k': lambda a: a.whole(5, 50),
    'wasserstein.y': A.points, 'mmd.y': A.points, 'balls.y': lambda a: a.points((6,*a.d)),
    'kernel': lambda a: a.pick('RBF(1.)','Polynomial()'), 'balls.k': lambda a: a.whole(3, 1),
    'precision.k': lambda a: a.whole(3, 1), 'recall.k': lambda a: a.whole(3, 1),
    'degree': lambda a: a.whole(3, 1), 'precision.real': lambda a: a.points((6,*a.d)),
    'recall.x': lambda a: a.points((6,*a.d)),
    **{f'{o}.x': lambda a: f'T(4, {a.d[0]})' for o in ('RBF','Polynomial')},
    **{f'{o}.y': lambda a: f'T(3, {a.d[0]}, seed=1)' for o in ('RBF','Polynomial')},
    'Stats.mean': lambda a: a.points(a.d), 'Stats.cov': lambda a: a.points((a.d[0],a.d[0])),
    'Images.pick.i': lambda a: f'torch.arange({a.n})', 'alone.folder': lambda a: "place('folder')",
    'built.cls': lambda a: 'MLP',
    'built.config': lambda a: a.pick('dict(d=2, width=8, depth=1, classes=0)','dict(d=2)','{}','dict(d=-1)'),
    'built.tensors': lambda a: a.pick('mlp().state_dict()','{}'),
    'Images.y': lambda a: a.tensor((a.n,), dtype='int64'), 'checked.digest': lambda a: "'0'",
    'root': lambda a: f'place({a.pick("none","folder","text")!r})', 'download': lambda a: 'False',
    'mnist.train': A.yes, 'fashion_mnist.train': A.yes, 'to_uint8.exact': A.yes,
    'folder.size': lambda a: a.pick('None','(4,4)') if not a.wild else a.pick('(0,4)','(4,)','(2.5,4)','(-1,4)'),
    'classify.x': lambda a: a.pictures(), 'classify.other': lambda a: a.pictures(),
    'classify.y': lambda a: a.tensor((a.n,), dtype='int64'), 'Classifier.widths': lambda a: '(4,4,4)',
    'Classifier.k': lambda a: a.whole(4), 'Classifier.size': lambda a: a.whole(8), 'spoilers': lambda a: None,
    'turn': lambda a: a.number(.15, 0.), 'shift': lambda a: a.number(.12, 0.),
    'grain': lambda a: a.number(.1, 0.),
    'CrossEntropy.change': lambda a: None, 'CrossEntropy.net': lambda a: 'judge_net()',
    'CrossEntropy.x0': lambda a: a.pictures(),
    **{f'{f}.x': lambda a: a.pictures(digit=True) for f in 'digit_probs digits_share Judge.pictures Judge.frechet Judge.kernel Judge.precision Judge.recall Judge.sure Judge.as_asked'.split()},
    'sure': lambda a: a.number(.9, 0.), 'Judge.y': lambda a: a.tensor((a.n,), dtype='int64'), 'Judge.sure.p': lambda a: a.number(.9, 0.),
    'Judge.as_asked.p': lambda a: a.number(.9, 0.), 'eye': lambda a: a.pick('None', "'pixels'"),
    'Judge.n': lambda a: a.whole(20), 'Pixels.x': lambda a: a.points((9,5)), 'Pixels.k': lambda a: a.whole(3, 9),
    'Pixels.mean': lambda a: a.points((5,)), 'Pixels.basis': lambda a: a.points((5,2)),
    'gain.g': A.points, 'gain.m': A.points, 'gain.s': lambda a: a.tensor((a.n,*a.d), 'positive'),
    'gain.t': lambda a: a.whole(1, 10),
    'betas': lambda a: '(.9,.999)' if not a.wild else a.pick('(0.,0.)','(1.,1.)','(-1.,.9)',"(float('nan'),.9)"),
    'gain.eps': lambda a: a.number(1e-8), 'factor': A.yes,
    'SGDF.params': lambda a: f'[nn.Parameter({a.points()})]', 'SGDF.eps': lambda a: a.number(1e-8),
    'weight_decay': lambda a: a.number(0., .1), 'decoupled': A.yes, 'closure': lambda a: 'None',
    'SGDF.gamma': lambda a: a.number(.5),
    'make': lambda a: a.pick('double','AdaptiveMomentum'),
    'reach.tries': lambda a: a.pick('[10,20]','[5]','[]','[0,1]'),
    'reach.y': lambda a: a.pick('[3.,1.]','[1.]','[]',"[float('nan'),1.]",'[0.,0.]'),
    'reach.q': lambda a: a.number(2., 1.), 'corrected.make': lambda a: "CORRECTORS['plain']",
    'finite.name': lambda a: "'x'", 'colors.names': lambda a: a.pick("['exact','a']","[]","['']"),
    'styled.show': lambda a: None, 'ncol': lambda a: a.whole(2, 1), 'nrow': lambda a: a.whole(1, 2),
    'save_figure.path': lambda a: "place('folder')/'figure.png'", 'save_figure.ax': lambda a: 'panels(1)[0]',
    'dpi': lambda a: a.whole(20, 40), 'plane.n': lambda a: a.whole(5, 60),
    'show_points.x': lambda a: a.points((a.n,2)),
    'show_points.log_prob': lambda a: a.pick('None','bell_log_prob'), 's': A.time,
    'plot.s': lambda a: a.number(3.), 'plot.alpha': lambda a: a.number(.5),
    'show_field.n': lambda a: a.whole(5), 'xs': lambda a: f'[{a.points((a.n,2))}, {a.points((a.n,2))}]',
    'show_paths.ts': lambda a: 'None', 'lw': lambda a: a.number(.7), 'show_images.x': lambda a: a.pictures(),
    'zoom': lambda a: a.number(1.), 'show_curves.x': lambda a: 'None',
    'log': lambda a: a.pick("''","'x'","'y'"), 'show_hist.log': A.yes, 'show_bars.log': A.yes,
    'band': lambda a: None, 'show_curves.time': A.yes, 'marker': lambda a: None, 'xlabel': lambda a: None,
    'ylabel': lambda a: None,
    'curves': lambda a: f'a=({a.points((4,))}, {a.points((4,))})', 'show_hist.log_prob': lambda a: 'None',
    'bins': lambda a: a.whole(50, 3), 'samples': lambda a: f'a={a.points((9,))}',
    'values': lambda a: f"{{'a': {a.number(1., 2.)}, 'b': 1.}}",
    'se': lambda a: a.pick('None', f"{{'a': {a.number(.1)}}}"),
    'number.v': lambda a: a.pick(a.number(1., 12345), f'({a.number(1.)}, {a.number(.1)})', "'text'"),
    'show_table.rows': lambda a: f"{{'a': {{'b': {a.number(1.)}}}}}",
    'best': lambda a: a.pick('None',"{'b': min}"),
    'Walk.step': lambda a: a.pick('DDIM','Heun','EM'), 'cost': lambda a: a.whole(1, 2),
    'Walk.grid': lambda a: a.pick('rho_grid','even_snr'), 'Walk.process': lambda a: a.process, 'nfe': lambda a: a.whole(2, 4),
    'Images.some.n': lambda a: a.whole(2, 9), 'yardsticks.k': lambda a: a.levels((a.n,1,4,4)),
    'pooled.runs': lambda a: "[{'a': 1., 'a_se': .1}, {'a': 2., 'a_se': .1}]",
    'shown.row': lambda a: "{'nfe': 3, 'process': 'VP', 'seconds_per_image': .1}",
    'shown_race.row': lambda a: "{'evaluations': 3, 'distance': 1., 'distance_se': None}",
    'part': lambda a: a.pick(a.step(), a.score(), 'Stay()'),
    'same_process.parts': many(lambda a: a.pick(a.step(), a.score()), 1, 2), 'name': lambda a: "'x'",
    'check_count.n': lambda a: a.whole(3),
    'tick.network': lambda a: a.whole(1), 'network': lambda a: a.whole(0, 1),
    'density': lambda a: a.whole(0, 1), 'gradient': lambda a: a.whole(0, 1),
    'Posterior.log_prob': lambda a: a.tensor((a.n,)), 'Posterior.count': lambda a: a.tensor((a.n,)),
    'total': lambda a: a.whole(3, None), 'done': lambda a: a.whole(0),
    'Foreign.ask': lambda a: 'asked', 'says': lambda a: a.pick('says_eps','says_x0','says_score','says_velocity','SaysV()','SaysV(.5, -1)'),
    'Foreign.process': lambda a: a.pick('EDM()','VP()','Straight()','Shrunk()','Filled(Table.of(linear_betas(20)))','Table.of(linear_betas(20))'),
    **{f'{o}.data': lambda a: a.pick('(-1.,1.)','(0.,1.)') if not a.wild else a.pick('(1.,0.)',"(0.,float('nan'))",'(0.,1e30)','(2.,2.)') for o in ('Foreign','of_denoiser','Denoiser')},
    'Foreign.forward.log_snr': lambda a: a.tensor((a.n,)), 'Foreign.numbers.log_snr': lambda a: a.tensor((a.n,), dtype='float64'), **{f'{o}.y': lambda a: 'None' for o in ('Foreign','Ask')},
    'Filled.table': lambda a: 'Table.of(linear_betas(20))', 'Shrunk.std': lambda a: a.number(.5, 1.), 'SaysV.std': lambda a: a.number(1., .5), 'sign': lambda a: '-1',
    'Ask.net': lambda a: 'half', 'told': lambda a: None, 'label': lambda a: None, 'null': lambda a: None, 'channels': lambda a: a.pick('None',str(a.d[0])), 'sides': lambda a: a.pick('1','2'),
    'Ask.forward.t': lambda a: f'torch.full(({a.n},), .5)', 'of_denoiser.net': lambda a: 'half', 'least': lambda a: a.number(.01), 'of_denoiser.most': lambda a: a.number(80.),
    'Denoiser.forward.sigma': lambda a: a.number(.5, .1) if a.chance(.5) else a.tensor((a.n,), 'positive'),
    'clipped.most': lambda a: a.number(1., 2.), 'Clipped.most': lambda a: a.number(1., 2.), 'Clipped.t': A.time,
    'to_folder.path': lambda a: f'place({a.pick("folder","none","text")!r})', 'data': lambda a: "'digits'", 'scores': lambda a: "{'bits': (1.,.1)}", 'meta': lambda a: '',
    'from_folder.cls': lambda a: 'MLP', 'to_folder.seed': lambda a: '0',
}

KINDS = { # annotation of a parameter without a default -> code
    Tensor: A.points, int: lambda a: a.whole(2, 1), float: lambda a: a.number(.5, 1.), bool: A.yes,
    str: lambda a: "'a'", tuple: lambda a: repr(a.d),
    Score: A.score, Process: lambda a: a.process, Step: A.step, GMM: lambda a: f'gmm({a.d[0]})', Coef: A.coef,
    nn.Module: A.net, Path: lambda a: "place('new')",
}

# ---- what is called

SKIPPED = { # name: reason
    'Draws.put': 'a part of `Estimated`', 'Controlled.put': 'a part of `Estimated`',
    'Around': 'a step without a field of its own', 'Denoising.errors': 'is given what `noised` returns',
    'load_torchvision': 'imports a package', 'classifier': 'reads a shipped file, tested by its page',
    'Process': 'has no noising of its own', 'Net': 'has no body of its own', 'Step': 'a protocol',
    'styled': 'takes a function that draws', 'race': 'draws by the thousand', 'show_clouds': 'draws a figure of `race`',
    'Row': 'takes a network and draws pictures, tested by its page', 'Row.y': 'a part of its call', 'Row.__call__': 'draws pictures',
    'Row.about': 'a part of `compare`', 'Row.price': 'a part of its call', 'Row.score': 'a part of its call',
    'batches': 'takes a row', 'draw': 'takes a row', 'compare': 'takes rows and a folder, tested by its page',
    'Judge': 'is made by `digit_judge`', 'Judge.__call__': 'all of its parts', 'Judge.references': 'all of its parts', 'Judge.of': 'takes two sets',
    'Judge.first': 'a part of its call', 'Judge.seen': 'a part of its call', 'Eye': 'takes a function', 'Eye.of': 'takes a function',
    'Eye.far': 'a part of a judge', 'digit_judge': 'reads a shipped file', 'clothes_judge': 'reads a shipped file',
    'Classifier.seen': 'checks nothing, and is used by who does', 'Classifier.probs': 'checks nothing, and is used by who does',
    'Behind': 'a protocol, of which nothing is made', 'Linear': 'has no numbers of its own', 'World': 'several processes, tested by its page',
    'World.here': 'several processes', 'World.mean': 'several processes', 'World.share': 'several processes', 'World.any': 'several processes',
    'Training.backward': 'a part of `fit`', 'adam': 'takes parameters', 'Field': 'a part of `integrate`', 'leaps': 'a part of `integrate`', 'Leap': 'is made by `leaps`',
    **{f'Field.{o}': 'a part of `integrate`' for o in 'log_snr rate clock look refuse lost'.split()},
    **{f'Leap.{o}': 'is made by `leaps`' for o in 'at slope'.split()},
    'AdaptiveSDE.attempt': 'a part of `travel`, with eight arguments that belong together',
    'AdaptiveSDE.travel': 'a part of its call', 'UNet.body': 'a part of its call',
    'MLP.body': 'a part of its call', 'UNet.features': 'a part of its call', 'Net.eps': 'a part of its call',
    'UNet.eps': 'a part of its call',
    'Tempered.swapped': 'a part of its call', 'AdaptiveMomentum.find': 'a part of its call',
    'Levels.count': 'changes its module on purpose', 'Inpaint.once': 'a part of its call',
    'AdaptiveSDE.Path': 'a class', 'Elbo.price': 'a part of its call', 'Elbo.picks': 'a part of its call',
    'Waves.waves': 'a part of its call',
    'of_diffusers': 'takes a network of diffusers, tested by its page', 'from_diffusers': 'needs diffusers, tested by its page',
    'Ask.check': 'a part of its call', 'Ask.words': 'a part of its call',
}

RIGHT = [ # a call, a message, and why they belong together
    (r'\.pareto$', r'^nan: NaN in result$', 'a tail of fewer than five weights has no shape'),
    (r'^Waiting\(', r'^raw: ', 'stands for a step of any class'),
    (r'^(panels|show_|save_figure)', r'^raw: ValueError: .*(figure size|dpi|alpha|same first dim|Number of|cannot reshape|float NaN)',
     'matplotlib says itself what is wrong with a picture'),
    (r'^(Waves|Block|Attention|Classifier|Levels|MLP|UNet)\(', r'^raw: ', 'torch says itself what is wrong with the size of a layer'),
    (r'box_log_prob|Rejection\(', r'^nan: infinity in result', 'a log-density or weight of what is impossible'),
    (r'(Dequantised|ByFlow)\(trained\(unet', r'^slow', 'the field of a network that nobody has trained is rougher than any tolerance'),
    (r"^Exact\(.*\.behind", r"^raw: AttributeError: .*has no attribute 'behind'", 'a target that can not say what lies behind has no such face'),
    (r'^Table|^\w+\(\)\.at\(0\.\)$', r'^nan: infinity in result(\.log_snr)?$', 'without noise, at time 0, log-SNR is infinite'),
    (r'^MullerBrown.*=300|^MullerBrown.*1e30', r'^nan: infinity in result$', 'so far out the log-density is lower than any number'),
    (r'rdmc\(', r'^slow', 'a Monte Carlo score is rough, and a solver that adapts takes as many steps as it is allowed'),
    (r'Bell|Laplace|Again|Marginal', r'^nan: infinity in result(\.ess)?$', 'a Gaussian is as good as any number of draws'),
    (r'T\(1, [^)]*uint8|^Bits\(.*T\(1[,)]|probes=1\b', r'^nan: NaN in result(\.se)?$', 'one picture, or one probe, has no standard error'),
    (r"^Marginal\(.*float16", r'^nan: infinity in result$', 'a score beyond 65504, the largest number of half precision, and walk refuses that'),
    (r'(mlp|unet)\(.*e\+30', r'^nan: ', 'a network answers anything so far from what it knows, and walk refuses that'),
]

CHANGES = { # name: what it changes on purpose
    'fit': 'its run', 'kept': 'its runs', 'train': 'its run', 'SGDF.step': 'weights', 'Training.average': 'the average',
    'SGDF': 'keeps its parameters', 'Training': 'keeps its network'}

SHELL = 'all','cli','reports','runs','words' # options, files and names, which their pages test by running commands
MODULES = [o for o in sorted(p.stem for p in (root/'scorediff').glob('*.py')) if o not in SHELL and not o.startswith('_')]

class Target:
    "A function, a class or one of its methods, and how it is called"
    def __init__(self, module, name, fn, owner=None, prop=False):
        self.module,self.name,self.fn,self.owner,self.prop = module,name,fn,owner,prop
        self.params = [] if prop else [p for p in inspect.signature(fn).parameters.values() if p.name!='self' and not (owner and p.name=='cls')]

    @property
    def full(self): return f'{self.module}.{self.name}'

    def strategy(self, owner, p):
        "The most special that there is: method and parameter, class or function and parameter, module and parameter, parameter"
        words = self.name.split('.')
        for key in [f'{self.name}.{p.name}', *(f'{w}.{p.name}' for w in reversed(words)), f'{self.module}.{p.name}', p.name]:
            if key in SPECIAL: return SPECIAL[key]
            if key==p.name and key in NAMES: return NAMES[key]
        if p.default is not p.empty or p.name=='_': return lambda a: None
        if p.annotation in KINDS: return KINDS[p.annotation]
        raise LookupError(f'{self.full} has a parameter {p.name} that tools/fuzz.py knows no argument for')

    def arguments(self, a, params, owner=None):
        "Code of the arguments: those without a default, and some of the others; one of them is wild, or none"
        strategies = [(p, self.strategy(owner, p)) for p in params]
        wild = a.data.draw(st.integers(-1, len(params)-1)) if params else -1
        out = []
        for i,(p,f) in enumerate(strategies):
            optional = p.default is not p.empty
            a.wild = i==wild
            if optional and not a.wild and a.chance(.5): continue
            code = f(a)
            a.wild = False
            if code is None: continue
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD): out.append(code)
            elif p.kind==p.POSITIONAL_ONLY or not optional and p.kind!=p.KEYWORD_ONLY: out.append(code)
            else: out.append(f'{p.name}={code}')
        return ', '.join(o for o in out if o)

    def code(self, data):
        "A line of Python"
        a = Args(data, self)
        if self.owner is None: return f'{self.name}({self.arguments(a, self.params)})'
        name,_,method = self.name.rpartition('.')
        self_ = SELVES[name](a) if name in SELVES else Target(self.module, name, self.owner).made(a)
        if self.prop: return f'{self_}.{method}'
        call = '' if method in ('__call__','forward') else f'.{method}'
        return f'{self_}{call}({self.arguments(a, self.params, self.owner)})'

    def made(self, a):
        "An object of this class, wild now and then"
        if not a.chance(.3): return f'{self.name}({self.plain(a)})'
        return f'{self.name}({self.arguments(a, self.params)})'

    def plain(self, a):
        out = []
        for p in self.params:
            if p.default is not p.empty or p.kind==p.VAR_KEYWORD: continue
            code = self.strategy(None, p)(a)
            if code: out.append(code)
        return ', '.join(out)

SELVES = { # how the object of a method is made, where its class alone doesn't say
    'Process': lambda a: a.process, 'Target': A.diffusing, 'Score': A.score, 'Net': A.net,
    'GMM': lambda a: f'gmm({a.d[0]})' if a.chance(.7) else f'GMM.ring({a.pick(3, 1)})' if a.d==(2,) else f'gmm({a.d[0]})',
    'Table': lambda a: a.on('Table.of(linear_betas(20, 1e-4, .3))'),
    'Trained': lambda a: f'Trained({a.net()}, {a.process})', 'MLP': lambda a: f'mlp({a.d[0]})',
    'Judge': lambda a: 'digit_judge()',
    'UNet': lambda a: a.pick('unet()','unet(levels=4)','unet(classes=3)'),
    'Classifier': lambda a: 'judge_net()', 'Training': lambda a: f'running({a.d[0]})', 'Fit': A.fit,
    'Block': lambda a: 'made(Block, 8, 8, 4)', 'Attention': lambda a: 'made(Attention, 8)',
    'Levels': lambda a: 'Levels(4)', 'Waves': lambda a: 'made(Waves, 8)',
    **{o: lambda a, o=o: a.on(f'{o}()') for o in 'VP SubVP VE EDM OU Cosine Straight Shrunk'.split()},
    'Filled': lambda a: a.on('Filled(Table.of(linear_betas(20)))'),
    'Since': lambda a: a.on(f'Since(of=OU(), start=1.)'),
    'SGDF': lambda a: f'SGDF([nn.Parameter({a.points()})])',
}

def targets():
    "All of them, in the order of the modules"
    for m in MODULES:
        module = importlib.import_module(f'scorediff.{m}')
        for name in module.__all__:
            o = getattr(module, name)
            if name in SKIPPED and name not in ('Process','Net'): continue
            if not inspect.isclass(o):
                if callable(o) and getattr(o, '__module__', '').startswith('scorediff'): yield Target(m, name, o)
                continue
            if name not in SKIPPED: yield Target(m, name, o)
            for k in dict.fromkeys(k for c in o.__mro__ if c is o or c.__name__.startswith('_') for k in vars(c)):
                v = inspect.getattr_static(o, k)
                full = f'{name}.{k}'
                if k.startswith('_') and k!='__call__' or full in SKIPPED: continue
                if isinstance(v, (property,)): yield Target(m, full, v, o, True)
                elif isinstance(v, classmethod): yield Classmethod(m, full, getattr(o, k), o)
                elif inspect.isfunction(v) and k not in {f.name for f in (fields(o) if is_dataclass(o) else ())}: yield Target(m, full, v, o)

class Classmethod(Target):
    def code(self, data): return f'{self.name}({self.arguments(Args(data, self), self.params)})'

# ---- what is looked at

class Slow(BaseException): pass

def numbers(o, path='', depth=0):
    "(path, tensor) of all numbers in a result; properties of our own types too"
    if isinstance(o, Tensor): yield path,o
    elif isinstance(o, (bool,str,bytes,type(None))): return
    elif isinstance(o, (float,int,np.floating,np.integer)):
        with contextlib.suppress(OverflowError): yield path,torch.tensor(float(o), dtype=torch.float64)
    elif isinstance(o, np.ndarray) and o.dtype.kind in 'fiu': yield path,torch.from_numpy(np.ascontiguousarray(o))
    elif depth>3: return
    elif isinstance(o, tuple) and hasattr(o, '_fields'):
        for k in dict.fromkeys([*o._fields, *properties(o)]):
            if k=='memo': continue # is the step's own
            try: v = getattr(o, k)
            except Exception as e:
                if ours(e): continue
                raise
            yield from numbers(v, f'{path}.{k}', depth+1)
    elif isinstance(o, (list,tuple)):
        for i,v in enumerate(o[:4]): yield from numbers(v, f'{path}[{i}]', depth+1)
    elif isinstance(o, Mapping):
        for k,v in [*o.items()][:8]: yield from numbers(v, f'{path}[{k!r}]', depth+1)
    elif type(o).__module__.startswith('scorediff') and isinstance(o, (GMM, Bits, Fit, Empirical)):
        for k in [*vars(o), *properties(o)]:
            if k.startswith('_'): continue
            try: v = getattr(o, k)
            except Exception as e:
                if ours(e): continue
                raise
            yield from numbers(v, f'{path}.{k}', depth+1)

def properties(o): return [k for k in dir(type(o)) if not k.startswith('_') and isinstance(inspect.getattr_static(type(o), k), property)]

def ours(e):
    "Is it a ValueError or ArithmeticError of a raise statement of scorediff, or a TypeError (of a wrong kind, met anywhere) or OSError?"
    if not isinstance(e, (ValueError,TypeError,OSError,ArithmeticError)): return False
    if isinstance(e, (TypeError,OSError)): return '0-d tensor' not in str(e)
    tb = e.__traceback__
    while tb.tb_next: tb = tb.tb_next
    code = tb.tb_frame.f_code
    if not Path(code.co_filename).is_relative_to(root/'scorediff'): return False
    return next((o.opname for o in dis.get_instructions(code) if o.offset==tb.tb_lasti), '')=='RAISE_VARARGS'

def settle(o):
    "A result that can be looked at: the first of a generator, the inside of a context"
    if isinstance(o, contextlib.AbstractContextManager) and not isinstance(o, nn.Module):
        with o as v: return v
    if isinstance(o, (Iterator,)) and not isinstance(o, (nn.Module,)): return [*itertools.islice(o, 3)]
    return o

SPACE = dict(globals())
for m in MODULES: SPACE |= {k:getattr(importlib.import_module(f'scorediff.{m}'), k) for k in importlib.import_module(f'scorediff.{m}').__all__}

def run(line, watch=None):
    "The result of a line, and what it changed; `watch` collects the tensors made for it"
    kept = []
    def keep(f):
        def make(*args, **kw):
            x = f(*args, **kw)
            kept.append((x, x.clone() if isinstance(x, Tensor) else [p.clone() for p in x.state_dict().values()]))
            return x
        return make
    space = SPACE | {k:keep(SPACE[k]) for k in ('T','positive','shares','falling','mlp','unet','judge_net')}
    torch.manual_seed(0)
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter('ignore')
        o = settle(eval(line, space))
        res = [(k, v.detach().clone()) for k,v in numbers(o)]
    plain = lambda a: torch.nan_to_num(a.detach()) if a.is_floating_point() else a
    same = lambda a, b: a.shape==b.shape and a.dtype==b.dtype and torch.equal(plain(a), plain(b))
    changed = [i for i,(x,was) in enumerate(kept) if not (same(x, was) if isinstance(x, Tensor) else all(map(same, x.state_dict().values(), was)))]
    return res,changed

def spread(a, b): return len(a)!=len(b) or any(x.shape!=y.shape or not torch.equal(x, y) for (_,x),(_,y) in zip(a, b))

def examine(target, line):
    "The kind of finding and a message, or None"
    from matplotlib import pyplot as plt
    def stop(*_): raise Slow
    signal.signal(signal.SIGPROF, stop), signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, 10), signal.setitimer(signal.ITIMER_REAL, 60)
    try: res,changed = run(line)
    except Slow: return 'slow','more than ten seconds'
    except Exception as e:
        if ours(e) or where(e)=='outside': return None
        return 'raw',f'{type(e).__name__}: {(str(e).strip() or "-").splitlines()[0][:120]} ({where(e)})'
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0), signal.setitimer(signal.ITIMER_REAL, 0)
        plt.close('all')
    if changed and target.name not in CHANGES: return 'changed','an argument was changed in place'
    bad = [(k,v) for k,v in res if v.is_floating_point() and not v.isfinite().all()]
    if 'float(' not in line:
        for k,v in bad:
            far = 'e+30' in line or '1e30' in line or "'float16'" in line and '=300' in line
            if far and not v.isnan().any(): continue # the truth may be as large
            what = 'NaN' if v.isnan().any() else 'infinity'
            return 'nan',f'{what} in result{k}'
    elif "poison=float('nan')" in line and res and not any(v.isnan().any() for _,v in bad):
        try: others = [run(line.replace("float('nan')", v))[0] for v in ('0.5','1.5')]
        except Exception: return None
        if spread(*others): return 'swallow','a NaN went in, none came out'
    return None

def where(e):
    "The last line of scorediff in a traceback"
    last = [f for f in traceback.extract_tb(e.__traceback__) if Path(f.filename).is_relative_to(root/'scorediff')]
    return f'{Path(last[-1].filename).name}:{last[-1].name}' if last else 'outside'

def short(message): return re.sub(r'[-\d.]+(e[-+]?\d+)?', '#', message)

def lines(target, seed, n):
    "The calls of one target: the same for the same seed and number"
    out = []
    @seeded_by(zlib.crc32(f'{seed} {target.full}'.encode()))
    @settings(max_examples=n+1, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def draw(data): out.append(target.code(data))
    draw()
    return out[1:n+1] or out # the first is the simplest of all

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--calls', type=int, default=1000, help='how many, about')
    p.add_argument('--seed', type=int, default=0, help='which')
    p.add_argument('--only', nargs='+', help='modules or names, such as score, GMM or rdmc.behind')
    p.add_argument('--replay', help='the id of a finding')
    args = p.parse_args()
    torch.set_num_threads(1)
    every = [*targets()]
    if args.replay:
        name,seed,n,i = args.replay.rsplit('/', 3)
        target = next(o for o in every if o.full==name)
        line = lines(target, int(seed), int(n))[int(i)]
        print(f'{line}\n')
        print(examine(target, line) or 'no finding')
        res,_ = run(line) # with its traceback
        for k,v in res: print(f'result{k} = {v}')
        return
    if args.only: every = [o for o in every if {o.module,o.name,o.full,*o.name.split('.')} & {*args.only}]
    if not every: sys.exit(f'nothing is called {" or ".join(args.only)}')
    n,calls,found,start = max(2, round(args.calls/len(every))),0,{},time.time()
    for target in every:
        try: [target.strategy(None, p) for p in target.params]
        except LookupError as e: # a new parameter needs an argument
            print(e, flush=True)
            found[target.full, 'unknown', ''] = 1
            continue
        for i,line in enumerate(lines(target, args.seed, n)):
            calls += 1
            finding = examine(target, line)
            if not finding or any(re.search(a, line) and re.search(b, ': '.join(finding)) for a,b,_ in RIGHT): continue
            key = target.full,finding[0],short(finding[1])
            if key not in found: print(f'{target.full}/{args.seed}/{n}/{i}  {finding[0]}: {line[:180]}  ->  {finding[1]}', flush=True)
            found[key] = found.get(key, 0)+1
    print(f'{len(every)} functions and methods, {time.time()-start:.0f} s')
    print(f'{calls} calls, {len(found)} findings')
    sys.exit(bool(found))

if __name__=='__main__': main()
