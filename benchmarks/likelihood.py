"""What the flow's likelihood costs, how wrong it is, and what the adaptive solver costs outside the network

    python benchmarks/ratios.py likelihood digits

1. The shipped digits network: evaluations of `follow` a picture and its error against tolerance 1e-6, with the same probes, at the
   tolerances 0.1 and 1e-3, and in how many pictures the estimate that it makes itself covers the error.
2. A Gaussian in 784 dimensions that brings its own divergence: evaluations and error, beside the way of score_sde, which is scipy's
   RK45 on points and log-densities together, in time and at its tolerance of 1e-5, from t=1e-5 to 1 for both.
3. The solver's cost a call, in bare steps `x.mul(p).add_(eps, alpha=q)`, beside torchdiffeq's dopri5 on the same field.

Quickly, there are two pictures, whose truth is at tolerance 1e-3. Times are medians of CPU seconds."""
import math, statistics, time

import torch

from loop import say
from scorediff import likelihood
from scorediff.core import count, noise, seeded
from scorediff.data import digits, to_float
from scorediff.ode import integrate, worst
from scorediff.process import VP
from scorediff.score import Score, trained

def network(n, tols, strict):
    "Evaluations, error in bits a dimension and coverage for `n` digits"
    from scorediff.train import digits_net
    vp = VP()
    score = trained(digits_net(), vp)
    with seeded(0, range(n)): z,_ = vp.noise(to_float(digits().x[:n]), vp.t_min)
    def ask(tol, x):
        with torch.no_grad(), seeded(1, range(n)), count() as c: flow = likelihood.follow(score, x, 1, tol, tol)
        return flow,c.network/n
    truth,cost = ask(strict, z.double())
    print(f'digits: {n}, truth at tolerance {strict:g} by {cost:.0f} evaluations a picture')
    for tol in tols:
        flow,cost = ask(tol, z)
        e = (flow.log_prob.double()-truth.log_prob)/(784*math.log(2))
        inside = (e.abs()<=flow.off/(784*math.log(2))).sum()
        say(f'evaluations at tolerance {tol:g}', cost, 80, '.0f')
        say('largest error, bits/dim', e.abs().max(), 0.03, '.4f')
        say('pictures whose error the estimate does not cover, as a share', 1-inside/n, 0.1)

def gaussian():
    "Evaluations and errors for scales from 1 to 0.01, from t=1e-5 to 1"
    var = torch.logspace(0, -4, 784, dtype=torch.float64)
    vp = VP(T=1., t_min=1e-5)
    calls = [0]
    def gain(t): return vp.at(t).sigma/(vp.at(t).alpha**2*var+vp.at(t).sigma**2)
    def eps_of(x, t):
        calls[0] += 1
        return gain(t)*x
    score = Score(vp, eps=eps_of, div=lambda x, t: (eps_of(x, t), gain(t).sum().expand(len(x))))
    def law(t, x):
        v = vp.at(t).alpha**2*var + vp.at(t).sigma**2
        return -(x**2/v+v.log()+math.log(2*math.pi)).sum(1)/2
    with seeded(4): unit = noise(torch.empty(4, 784).double())
    def start(t): return unit*(vp.at(t).alpha**2*var+vp.at(t).sigma**2).sqrt()
    few,per = math.inf,784*math.log(2)
    for tol in 1.,1e-1,1e-2,1e-3,1e-4,1e-5:
        x = start(vp.t_min)
        calls[0] = 0
        flow = likelihood.follow(score, x, None, tol, tol)
        e = flow.log_prob-law(vp.t_min, x)-flow.prior+law(vp.T, flow.z)
        if e.abs().max()<1e-3*per: few = min(few, calls[0])
        print(f'  784-d Gaussian, tolerance {tol:g}: {calls[0]} evaluations, error {e.abs().max()/per:.1e} bits/dim, '
              f'estimate {flow.off.max()/per:.1e}')
    theirs = rk45(score, law, start(1e-5))
    if theirs: say('fewest evaluations for an error of 1e-3 bits/dim, over those of score_sde', few/theirs, 0.35)

def rk45(score, law, x):
    "The way of score_sde"
    try: from scipy.integrate import solve_ivp
    except ImportError: return print('  score_sde: scipy is not installed')
    def f(t, y):
        v,div = score.v_div(torch.as_tensor(y[:-4]).reshape(4, 784), min(max(t, 1e-5), 1.))
        return torch.cat([v.flatten(),div]).numpy()
    y0 = torch.cat([x.flatten(),torch.zeros(4)]).numpy()
    r = solve_ivp(f, (1e-5, 1.), y0, rtol=1e-5, atol=1e-5, method='RK45')
    y = torch.as_tensor(r.y[:,-1])
    e = y[-4:] + law(1., y[:-4].reshape(4, 784)) - law(1e-5, x)
    print(f'  score_sde: {r.nfev} evaluations, error {e.abs().max()/784/math.log(2):.1e} bits/dim')
    return r.nfev

def overhead(rounds):
    "CPU time of a call of the field, ours and torchdiffeq's, over a bare step"
    try: from torchdiffeq import odeint
    except ImportError: return print('  torchdiffeq is not installed')
    vp = VP()
    torch.manual_seed(0)
    x,eps = torch.randn(2, 16, 1, 28, 28)
    score,n = Score(vp, eps=lambda x, t: x*0.3+eps*0.5),[0]
    def bare():
        for _ in range(100): x.mul(0.99).add_(eps, alpha=0.01)
        return 100
    def ours():
        vp._cache.clear()
        with count() as c: integrate(score.v, x, vp.T, vp.t_min, 1e-4, 1e-4, process=vp)
        return c.network//16
    def field(l, x):
        n[0] += 1
        var = 1/(1+math.exp(l))
        return x.mul(var/2).add_(x*0.3+eps*0.5, alpha=-var**0.5/2)
    def theirs():
        n[0],us = 0,torch.tensor([-10.,13.3], dtype=torch.float64)
        odeint(field, x, us, rtol=1e-4, atol=1e-4, method='dopri5', options=dict(norm=worst, step_t=us[1:], max_step=4.))
        return n[0]
    fns,times = dict(bare=bare, ours=ours, torchdiffeq=theirs),dict(bare=[], ours=[], torchdiffeq=[])
    for _ in range(rounds):
        for name,f in fns.items():
            start = time.process_time()
            k = f()
            times[name].append((time.process_time()-start)/k)
    us = {name: statistics.median(v) for name,v in times.items()}
    for name in 'ours','torchdiffeq': print(f'  {name}: {us[name]*1e6:.0f} us a call, {us[name]/us["bare"]:.1f} bare steps')
    say('a call of the adaptive ODE, over one of torchdiffeq', us['ours']/us['torchdiffeq'], 1.2)

def report(rounds):
    with torch.no_grad(): overhead(rounds)
    gaussian()

def digits_report(quick):
    if quick: network(2, [0.1], 1e-3)
    else: network(10, [0.1], 1e-6)
