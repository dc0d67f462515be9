"""What a step of a sampler costs outside the network, beside the least arithmetic that its update needs

    python benchmarks/loop.py [--steps 50] [--batch 16] [--rounds 40]

The network does nothing: it returns one constant tensor. Points are a batch of 1x28x28. A step's time includes its share of making a
new grid of times with all coefficients, and with `seeded` its share of setting up one stream of noise for each sample. A bare step is
`x.mul(p).add_(eps, alpha=q)` on the same tensors, with torch.randn_like added for a step with noise. Where a corrector measures its
step size, the bare step does so too, and a pair of predictor and corrector has the bare steps of both. All are timed in turn, in CPU
seconds of one thread (so that a busy machine disturbs little), and the medians over the rounds are printed with their ratios."""
import argparse, statistics, time
from contextlib import nullcontext

import torch

from scorediff.core import seeded
from scorediff.correct import PC, Ancestral, Langevin, ReverseDiffusion, Stay
from scorediff.ode import Euler, Heun
from scorediff.process import VP, even_t
from scorediff.sample import EM, sample
from scorediff.score import Score
from scorediff.solvers import DPM2M, Churn, ExpEuler

def still(x, eps):
    "The arithmetic of a step without noise, written out"
    return x.mul(0.99).add_(eps, alpha=0.01)

def noisy(x, eps):
    "... of a step with noise"
    return still(x, eps).add_(torch.randn_like(x), alpha=0.01)

def measured(x, eps):
    "... of a corrector whose step size follows from the length of the score of each sample"
    g = eps*-1.01
    std = (9./g.flatten(1).norm(dim=1)).reshape(-1, 1, 1, 1)
    return x.addcmul(g, std.square()/2).addcmul_(torch.randn_like(x), std)

def pair(x, eps):
    "... of a correction and a prediction, each with noise"
    return noisy(noisy(x, eps), eps)

def looks(x, eps):
    "... of Heun's step, which looks twice"
    return x.lerp(still(still(x, eps), eps), 0.5)

def stirred(x, eps):
    "... of the same, after some noise"
    return looks(x.mul(0.99).add_(torch.randn_like(x), alpha=0.01), eps)

def guessed(x, eps):
    "... of a step from a guess of the data, extrapolated from the one before"
    return x.mul(0.99).add_(still(x, eps).lerp(eps, -0.5), alpha=0.01)

def bare(step, x, eps, k):
    "`k` of these steps"
    for _ in range(k): x = step(x, eps)
    return x

def ours(Step, x, eps, k, ids):
    "The same `k` steps by the library, from a process that has seen no grid yet"
    process = VP()
    score = Score(process, eps=lambda x, t: eps)
    def run():
        process._cache.clear()
        with seeded(0, ids) if ids else nullcontext(): return sample(Step(score), x, even_t(process, k))
    return run

def medians(fns, rounds, runs):
    "Median CPU seconds of one call, of each function by name, timed in turn"
    times = {name: [] for name in fns}
    for i in range(rounds):
        for name,f in fns.items():
            f()
            start = time.process_time()
            for _ in range(runs): f()
            times[name].append((time.process_time()-start)/runs)
    return {name: statistics.median(v) for name,v in times.items()}

if __name__=='__main__':
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name,default in dict(steps=50, batch=16, rounds=40, runs=20).items(): args.add_argument(f'--{name}', type=int, default=default)
    args = args.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x,eps = torch.randn(2, args.batch, 1, 28, 28)
    ids,k = range(args.batch),args.steps
    steps = {'Euler':(Euler,still), 'EM':(EM,noisy), 'ReverseDiffusion':(ReverseDiffusion,noisy), 'Ancestral':(Ancestral,noisy),
             'Langevin(h)':(lambda o: PC(Stay(), Langevin(o, h=0.1)),noisy), 'Langevin(snr)':(lambda o: PC(Stay(), Langevin(o, batch=False)),measured),
             'PC':(lambda o: PC(EM(o), Langevin(o, h=0.1)),pair), 'Heun':(Heun,looks), 'ExpEuler':(ExpEuler,still),
             'ExpEuler(eta=1)':(lambda o: ExpEuler(o, 1.),noisy), 'DPM2M':(DPM2M,guessed), 'Churn(Heun)':(lambda o: Churn(Heun(o), 0.1),stirred)}

    fns = {}
    for name,(Step,plain) in steps.items():
        fns[f'{name} bare'] = lambda plain=plain: bare(plain, x, eps, k)
        fns[f'{name} unseeded'] = ours(Step, x, eps, k, None)
        fns[f'{name} one stream a sample'] = ours(Step, x, eps, k, ids)
    with torch.no_grad(): res = medians(fns, args.rounds, args.runs)

    print(f'{k} steps of {args.batch} x 1x28x28, median of {args.rounds} rounds, torch {torch.__version__}, one thread\n')
    print(f'{"":38}  us/step   ratio   allowed')
    for name,v in res.items():
        ratio = v/res[f'{name.split()[0]} bare']
        allowed = 3.5 if 'stream' in name else 2. if 'unseeded' in name else 1.
        print(f'{name:38} {v/k*1e6:8.2f} {ratio:7.2f} {allowed:9.1f}{"" if ratio<=allowed else "  missed"}')
