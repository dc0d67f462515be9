"""What samples of four modes cost in seconds: a fitted reference and the bridge, beside reverse diffusion Monte Carlo with published settings

    python benchmarks/rdmc.py [--n 1000] [--chains 100] [--rounds 3]

Both draw `n` samples of `densities.four_modes`. Ours fits a mixture reference, looking around N(0, 30^2), and walks home in four steps
of the bridge; its fit is in its time. The other is Huang et al.'s (arXiv 2307.02037) with the settings of He et al. (2402.17886): 25
steps from N(0, I) at T=2, at each of which 100 chains a sample make 12 Langevin steps from draws resampled by weight. The settings are
theirs and the code is ours, which is neither their code nor tuned for speed: the ratio says what these settings cost here. Times are CPU
seconds of one thread, in turn, and the medians over the rounds are printed, with the 2-Wasserstein distance over that of exact draws."""
import argparse, statistics, time

import torch

from scorediff.chains import Chains
from scorediff.core import count, seeded
from scorediff.densities import DENSITIES
from scorediff.metrics import w2, w2_floor
from scorediff.process import OU, even_snr
from scorediff.rdmc import Importance, estimated
from scorediff.rivals import Learned
from scorediff.sample import EM, sample
from scorediff.targets import Gaussian

def published(log_prob, around, n, chains):
    "Chains inside every step, from N(0, I) at T=2"
    p = OU(T=2., t_min=0.05)
    bell = Importance(log_prob, Gaussian(torch.zeros(2), 1e12*torch.eye(2)), chains)
    score = estimated(Chains(log_prob, 0.3, bell, chains, 12, exact=False), p)
    return sample(EM(score), p.prior(n, 2, dtype=torch.float64), even_snr(p, 25))

def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--n', type=int, default=1000, help='samples')
    a.add_argument('--chains', type=int, default=100, help='chains a sample, as published')
    a.add_argument('--rounds', type=int, default=3)
    a = a.parse_args()
    torch.set_num_threads(1)
    law = DENSITIES['four modes']
    ways = {'fitted reference, bridge':Learned(), 'as published':lambda *args: published(*args, a.chains)}
    with seeded(0): floor = w2_floor(law, a.n)
    seconds,far,cost = ({k:[] for k in ways} for _ in range(3))
    for i in range(a.rounds):
        for name,way in ways.items():
            start = time.process_time()
            with seeded(i), count() as c: x = way(law.log_prob, law.around, a.n)
            seconds[name].append(time.process_time()-start)
            far[name].append(w2(x, law)/floor); cost[name].append(max(c.density, c.gradient)/a.n)
    for name in ways: print(f'{name:26} {statistics.median(seconds[name]):9.2f} s   W2/floor '
                            f'{statistics.median(far[name]):6.2f}   {statistics.median(cost[name]):9,.0f} evaluations a sample')
    ours,theirs = (statistics.median(o) for o in seconds.values())
    print(f'ratio of the times: {theirs/ours:.0f}')

if __name__=='__main__': main()
