"""A backfill on a Slurm cluster, with dask-jobqueue: python slurm.py longbien-phucloi --from s3://kho/warcs.

Where it runs must be reached by the nodes, and they must reach the store and the files. It ends with the status of the
backfill.
"""

import subprocess
import sys

from dask_jobqueue import SLURMCluster

JOBS = 32

if __name__ == "__main__":
    with SLURMCluster(
        cores=1,
        processes=1,
        memory="2GB",
        walltime="04:00:00",
        job_script_prologue=["export DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False"],
    ) as cluster:
        cluster.scale(jobs=JOBS)
        command = ["wardnews", "backfill", *sys.argv[1:], "--on", cluster.scheduler_address]
        sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 - what was typed
