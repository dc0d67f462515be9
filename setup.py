"Everything that describes the package stands in settings.ini: edit there, not here"
from configparser import ConfigParser
from pathlib import Path
import shlex, setuptools

config = ConfigParser(delimiters=['='])
config.read('settings.ini', encoding='utf-8')
cfg = config['DEFAULT']
statuses = 'Planning', 'Pre-Alpha', 'Alpha', 'Beta', 'Production/Stable', 'Mature', 'Inactive'

def words(key): return shlex.split(cfg.get(key, ''))

extras = {k.removesuffix('_requirements'): words(k) for k in cfg if k.endswith('_requirements')}
status = int(cfg['status'])

setuptools.setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], author_email=cfg['author_email'], url=cfg['git_url'], license=cfg['license'],
    classifiers=[f'Development Status :: {status} - {statuses[status-1]}', f'Intended Audience :: {cfg["audience"]}',
                 f'Natural Language :: {cfg["language"]}', 'Programming Language :: Python :: 3'],
    packages=setuptools.find_packages(include=[cfg['lib_path'], f'{cfg["lib_path"]}.*']),
    package_data={cfg['lib_path']: words('package_data')}, include_package_data=False,
    python_requires=f'>={cfg["min_python"]}', install_requires=words('requirements'), extras_require=extras,
    entry_points={'console_scripts': words('console_scripts'),
                  'nbdev': [f'{cfg["lib_path"]}={cfg["lib_path"]}._modidx:d']}, # links from other nbdev sites
    long_description=Path('README.md').read_text(encoding='utf-8') if Path('README.md').exists() else '',
    long_description_content_type='text/markdown', zip_safe=False)
