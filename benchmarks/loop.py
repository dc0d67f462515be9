"""What a step of a sampler costs outside the network, beside the least arithmetic that its update needs, and beside other libraries

    python benchmarks/ratios.py loop

The network does nothing: it returns one constant tensor. Points are a batch of 1x28x28. A bare step is `x.mul(p).add_(eps, alpha=q)` on
the same tensors, with torch.randn_like added for a step with noise. Where a step measures lengths, looks twice or remembers forces, the
bare step does so too, and a pair of predictor and corrector has the bare steps of both. Each step of ours is timed three times:

- new: nobody has seen the grid yet: the times, all coefficients and all numbers of the step are made;
- seen: the grid and the step have been walked before;
- seeded: the grid is new, and each sample has a stream of noise of its own, which is set up as well.

All are timed in turn, in CPU seconds of one thread (so that a busy machine disturbs little). Printed are medians over the rounds, as
ratios to the bare step of the same kind; a star marks what misses its target. Other libraries walk a grid that they have seen, where
they let one keep it. What isn't installed is said so and left out."""
import statistics, time
from functools import partial
from importlib import import_module

import torch

from scorediff import score as asked, solvers
from scorediff.core import seeded
from scorediff.ancestral import Ancestral, ReverseDiffusion
from scorediff.correct import PC, Langevin, Stay
from scorediff.ddpm import DDIM
from scorediff.momentum import AdaptiveMomentum
from scorediff.ode import Euler, Heun
from scorediff.process import VP, even_t
from scorediff.sample import EM, sample
from scorediff.score import Score
from scorediff.solvers import DPM2M, Churn, ExpEuler

def still(x, eps, memo):
    "The arithmetic of a step without noise, written out"
    return x.mul(0.99).add_(eps, alpha=0.01), memo

def noisy(x, eps, memo):
    "... of a step with noise"
    return x.mul(0.99).add_(eps, alpha=0.01).add_(torch.randn_like(x), alpha=0.01), memo

def measured(x, eps, memo):
    "... of a corrector whose step size follows from the length of the score of each sample"
    g = eps*-1.01
    std = (9./g.flatten(1).norm(dim=1)).reshape(-1, 1, 1, 1)
    return x.addcmul(g, std.square()/2).addcmul_(torch.randn_like(x), std), memo

def pair(x, eps, memo):
    "... of a correction and a prediction, each with noise"
    return noisy(noisy(x, eps, None)[0], eps, None)

def looks(x, eps, memo):
    "... of Heun's step, which looks twice"
    y = x.mul(0.99).add_(eps, alpha=0.01)
    return x.lerp(y.mul_(0.99).add_(eps, alpha=0.01), 0.5), memo

def stirred(x, eps, memo):
    "... of the same, after some noise"
    return looks(x.mul(0.99).add_(torch.randn_like(x), alpha=0.01), eps, memo)

def guessed(x, eps, memo):
    "... of a step from a guess of the data, extrapolated from the one before"
    guess = x.mul(0.99).add_(eps, alpha=0.01)
    return x.mul(0.99).add_(guess if memo is None else guess.lerp(memo, -0.5), alpha=0.01), guess

def pushed(x, eps, memo):
    "... of a step with noise and adaptive momentum"
    climb = x.mul(0.99).add_(eps, alpha=0.01).sub_(x)
    g = climb/1e-4
    if memo is None: return climb.add_(x).add_(torch.randn_like(x), alpha=0.01), (g,g)
    m,last = memo
    a,b = (o.flatten(1).norm(dim=1) for o in (m,g-last))
    beta = ((a-b)/(a+b).clamp(min=1e-30)).square().clamp(max=0.999)
    m = g + beta.reshape(-1, 1, 1, 1)*(m-g)
    mean = x + (((1+beta)*0.01)**2/2).reshape(-1, 1, 1, 1)*m
    return mean.add_(torch.randn_like(x), alpha=0.01), (m,g)

def bare(step, x, eps, k):
    "`k` of these steps"
    memo = None
    for _ in range(k): x,memo = step(x, eps, memo)
    return x

def ours(make, x, eps, k):
    "The same `k` steps by the library: on a new grid, on one seen before, and on a new one with a stream for each sample"
    score,ids = Score(VP(), eps=lambda x, t: eps),range(len(x))
    step,ts = make(score),even_t(score.process, k)
    def new():
        score = Score(process, eps=lambda x, t: eps)
        for cache in process._cache.clear,asked._number.cache_clear,solvers._noisier.cache_clear: cache()
        return sample(make(score), x, even_t(process, k))
    def seeds():
        with seeded(0, ids): return new()
    process = VP()
    return dict(new=new, seen=lambda: sample(step, x, ts), seeded=seeds)

STEPS = {'Euler':(Euler,still), 'DDIM':(DDIM,still), 'ExpEuler':(ExpEuler,still), 'Heun':(Heun,looks), 'DPM2M':(DPM2M,guessed),
         'EM':(EM,noisy), 'DDIM(eta=1)':(partial(DDIM, eta=1.),noisy), 'ReverseDiffusion':(ReverseDiffusion,noisy), 'Ancestral':(Ancestral,noisy),
         'Langevin(h)':(lambda o: PC(Stay(), Langevin(o, h=0.1)),noisy), 'Langevin(batch=False)':(lambda o: PC(Stay(), Langevin(o, batch=False)),measured),
         'PC(EM, Langevin)':(lambda o: PC(EM(o), Langevin(o, h=0.1)),pair), 'PC(DDIM, Langevin)':(lambda o: PC(DDIM(o, 1.), Langevin(o)),pair),
         'Momentum(EM)':(lambda o: AdaptiveMomentum(EM(o)),pushed), 'Churn(Heun)':(lambda o: Churn(Heun(o), 0.1),stirred)}

def of_diffusers(lib, x, eps, k):
    "name -> walk, by the schedulers of diffusers"
    def walk(scheduler, **kwargs):
        def run():
            scheduler.set_timesteps(k)
            y = x
            for t in scheduler.timesteps: y = scheduler.step(eps, t, scheduler.scale_model_input(y, t), **kwargs).prev_sample
            return y
        return run
    return {'Euler':walk(lib.EulerDiscreteScheduler()), 'DDIM':walk(lib.DDIMScheduler()), 'DDIM(eta=1)':walk(lib.DDIMScheduler(), eta=1.),
            'Heun':walk(lib.HeunDiscreteScheduler()), 'DPM2M':walk(lib.DPMSolverMultistepScheduler())}

def of_k_diffusion(lib, x, eps, k):
    "... by the functions of k-diffusion"
    sigmas,walk = lib.get_sigmas_karras(k, 0.01, 80.),lambda f: lambda: f(lambda x, sigma: eps, x, sigmas, disable=True)
    return {'Euler':walk(lib.sample_euler), 'Heun':walk(lib.sample_heun), 'DPM2M':walk(lib.sample_dpmpp_2m), 'EM':walk(lib.sample_euler_ancestral)}

def of_azula(lib, x, eps, k):
    "... by the samplers of azula"
    denoise,noise = import_module('azula.denoise'),import_module('azula.noise')
    class Constant(denoise.Denoiser):
        schedule = noise.VPSchedule()
        def forward(self, x, t, **kwargs): return denoise.DiracPosterior(mean=eps)
    walk = lambda Sampler: partial(Sampler(Constant(), steps=k, silent=True), x)
    return {'Euler':walk(lib.EulerSampler), 'DDIM':walk(lib.DDIMSampler), 'Heun':walk(lib.HeunSampler), 'DDIM(eta=1)':walk(lib.DDPMSampler)}

def of_torchdiffeq(lib, x, eps, k):
    "... by the solvers of torchdiffeq"
    ts = torch.linspace(1, 0.01, k+1)
    walk = lambda method: lambda: lib.odeint(lambda t, x: x.mul(0.99).add_(eps, alpha=0.01), x, ts, method=method)
    return {'Euler':walk('euler'), 'Heun':walk('heun2')}

OTHERS = {'diffusers':('diffusers',of_diffusers), 'k-diffusion':('k_diffusion.sampling',of_k_diffusion), 'azula':('azula.sample',of_azula),
          'torchdiffeq':('torchdiffeq',of_torchdiffeq)}

def others(*args):
    "(step, library) -> walk, for what is installed and runs"
    fns = {}
    for name,(module,make) in OTHERS.items():
        try:
            walks = make(import_module(module), *args)
            for f in walks.values(): f()
        except Exception as e: print(f'{name} is left out: {type(e).__name__}: {e}')
        else: fns |= {(step,name): f for step,f in walks.items()}
    return fns

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

def targets(plain): return dict(new=1.5, seen=1.15, seeded=1.5) if plain in (still,looks,guessed) else dict(new=1.12, seen=1.12, seeded=1.5)

def say(what, value, asked, form='.2f'):
    "A line of the report, with a star where `value` is more than asked"
    print(f'  {what}: {value:{form}}, asked {asked:g}' + ('*' if value>asked else ''))

def report(rounds, steps=50, batch=16, runs=2):
    torch.manual_seed(0)
    x,eps = torch.randn(2, batch, 1, 28, 28)
    with torch.no_grad():
        fns = others(x, eps, steps)
        for name,(make,plain) in STEPS.items():
            fns |= {(name,'bare'): partial(bare, plain, x, eps, steps)} | {(name,how): f for how,f in ours(make, x, eps, steps).items()}
        res = medians(fns, rounds, runs)
    print(f'the loop: {steps} steps of {batch} x 1x28x28, median of {rounds}, in bare steps')
    hows = ['new','seen','seeded',*(o for o in OTHERS if any(how==o for _,how in res))]
    print(f'{"":22} bare, us' + ''.join(f'{how:>12}' for how in hows))
    for name,(_,plain) in STEPS.items():
        ratio = {how: res[name,how]/res[name,'bare'] for how in hows if (name,how) in res}
        cells = [f'{ratio[how]:.2f}' + ('*' if ratio[how]>targets(plain).get(how, float('inf')) else ' ') if how in ratio else '' for how in hows]
        print(f'{name:22} {res[name,"bare"]/steps*1e6:8.1f}' + ''.join(f'{cell:>12}' for cell in cells))
