"""Deploy to AWS: python -m infra.deploy STAGE [NAME=VALUE ...]."""

import sys

from infra.deploy.change_set import deploy
from infra.deploy.package import package


def main(stage: str, *told: str) -> None:
    """Package and deploy a stage with the caller's own AWS credentials. Parameters are told as `Name=value`; those that
    are not told stay as they are."""
    import boto3

    if stage not in ("dev", "prod"):
        raise SystemExit("Stages on AWS are dev and prod; `make run` deploys the local one.")
    parameters = dict(one.partition("=")[::2] for one in told)
    print(f"Packaging {stage} …")
    folder = package(stage)
    print("Deploying …")
    made = deploy(folder, f"aftercare-{stage}", boto3.Session().client, {"Stage": stage, **parameters})
    print("\n".join(f"{name}: {value}" for name, value in sorted(made.items())))


if __name__ == "__main__":
    main(*(sys.argv[1:] or [""]))
