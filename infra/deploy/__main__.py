"""Deploy to AWS: python -m infra.deploy STAGE [NAME=VALUE ...]."""

from infra.command import run_command
from infra.deploy.change_set import deploy
from infra.deploy.package import package


def main(arguments: list[str]) -> None:
    """Package and deploy a stage with the caller's own AWS credentials. Parameters are `Name=value`; those that are not
    given stay as they are."""
    import boto3

    stage, *given = arguments or [""]
    if stage not in ("dev", "prod"):
        raise SystemExit("Stages on AWS are dev and prod; `make run` deploys the local one.")
    parameters = dict(each.partition("=")[::2] for each in given)
    print(f"Packaging {stage} …")
    folder = package(stage)
    print("Deploying …")
    outputs = deploy(folder, f"aftercare-{stage}", boto3.Session().client, {"Stage": stage, **parameters})
    print("\n".join(f"{name}: {value}" for name, value in sorted(outputs.items())))


if __name__ == "__main__":
    run_command(main)
