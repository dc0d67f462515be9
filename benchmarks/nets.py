"""The share of a forward pass of the U-Net that ships which goes into its ending, Bayes' rule over 256 levels

    python benchmarks/ratios.py nets

The ending is asked twice a pass, once without and once with the network's tilt. The pass, its two endings, and the same written
without care are timed in turn, in CPU seconds of one thread; medians are printed, with the largest difference of the two outputs."""
import statistics, time

import torch

from loop import say
from scorediff.core import seeded
from scorediff.data import digits, to_float
from scorediff.nets import cos_sin
from scorediff.train import digits_net

def plain(levels, u, cos, sin, m, a, b):
    "Bayes' rule as it is written, with all weights at once"
    d = (levels.level-m[...,None])/sin[...,None]
    w = levels.log_p - ((u[...,None]-cos[...,None]*levels.level)/sin[...,None]).square()/2
    return ((w + a[...,None]*d - b[...,None]/2*d**2).softmax(-1)*levels.level).sum(-1)

def report(rounds, batch=16):
    net,x0 = digits_net().requires_grad_(False),to_float(digits().x[:batch])
    lam = torch.linspace(-10, 13.3, batch)
    cos,sin = cos_sin(lam, x0)
    with seeded(0): u,tilt,b = cos*x0+sin*torch.randn_like(x0),torch.randn_like(x0),torch.rand_like(x0)
    m = net.levels(u, cos, sin)
    double = [o.double() for o in (u,cos,sin,m,tilt,b)]
    off = (net.levels(u, cos, sin, m, tilt, b)-plain(net.levels.double(), *double)).abs().max().item()
    net.levels.float()
    ways = {'forward pass':lambda: net(u, lam),
            'its two endings':lambda: (net.levels(u, cos, sin), net.levels(u, cos, sin, m, tilt, b)),
            'written plainly':lambda: [plain(net.levels, u, cos, sin, m, tilt, b) for _ in range(2)]}
    spent = {k:[] for k in ways}
    for _ in range(rounds):
        for k,f in ways.items():
            start = time.process_time()
            f()
            spent[k].append(time.process_time()-start)
    mid = {k:statistics.median(v) for k,v in spent.items()}
    for k,v in mid.items(): print(f'  {k:16} {1000*v:8.1f} ms {v/mid["forward pass"]:8.1%}')
    print(f'  largest difference from double precision: {off:.1e}')
    say('the ending, over a forward pass', mid['its two endings']/mid['forward pass'], 0.12)
