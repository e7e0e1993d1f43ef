"""An account of `ministack`: the packaged template and zip, deployed by CloudFormation as they stand.

ministack imitates AWS in one process and runs functions in processes of their own, by the interpreter that it runs on
itself. It has an environment of its own: it pins other versions of botocore than the house. It is told to listen on
this computer alone.
"""

import copy
import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployed import ACCOUNT, REGION
from gateway import Reply, parts, reply
from not_on_ministack import leave_out

from ops.laptop.cloud import client
from ops.laptop.home import PROJECT
from ops.laptop.runner import free_port

COMMAND = PROJECT / ".ministack" / "bin" / "ministack"
_START_SECONDS, _DEPLOY_SECONDS, _STOP_SECONDS = 30.0, 60.0, 10.0
_CODE = "deployment"


@dataclass(frozen=True)
class Stack:
    """A finished deployment. `made`: the physical id of each resource, by its name in the template, and its type."""

    status: str
    why: str
    made: Mapping[str, tuple[str, str]]


class Ministack:
    """A running account. `environment`: what every function finds in its environment beside what the template says."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        assert COMMAND.exists(), f"{COMMAND} is missing: make .ministack/ready"
        self.port = free_port()
        self._log = folder / "ministack.log"
        told = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "en_US.UTF-8",
            "TZ": "UTC",
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "0",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            **environment,
        }
        with self._log.open("wb") as log:
            # A session of its own: its functions' processes are ended with it.
            self.process = subprocess.Popen(
                [str(COMMAND)], cwd=folder, env=told, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_until_up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        return client(service, self.url)

    def keep_secrets(self, secrets: Mapping[str, Mapping[str, str]]) -> None:
        """What an operator does before the first deployment."""
        manager = self.client("secretsmanager")
        for name, value in secrets.items():
            manager.create_secret(Name=name, SecretString=json.dumps(value))
        manager.close()

    def deploy(self, name: str, template: Path, zipped: Path, parameters: Mapping[str, str]) -> Stack:
        """What `aws cloudformation package` and `deploy` do, without what `ministack` does not have."""
        told = json.loads(template.read_text())
        leave_out(told["Resources"])
        s3, formation = self.client("s3"), self.client("cloudformation")
        s3.create_bucket(Bucket=_CODE, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.upload_file(str(zipped), _CODE, "deployment.zip")
        s3.close()
        formation.create_stack(
            StackName=name,
            TemplateURL=self._kept(f"{name}.json", told),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        finished = _finished(formation, name)
        formation.close()
        return finished

    def change(self, name: str, template: Mapping[str, Any], parameters: Mapping[str, str]) -> Stack:
        """A later deployment of the same stack, with the same code."""
        told = copy.deepcopy(dict(template))
        leave_out(told["Resources"])
        formation = self.client("cloudformation")
        formation.update_stack(
            StackName=name,
            TemplateURL=self._kept(f"{name}-later.json", told),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        finished = _finished(formation, name)
        formation.close()
        return finished

    def refuses(self, name: str, template: Mapping[str, Any]) -> str:
        """What is said when a stack of this template is to be made. It must not succeed."""
        formation = self.client("cloudformation")
        try:
            formation.create_stack(
                StackName=name, TemplateURL=self._kept(f"{name}.json", template),
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            )  # fmt: skip
            finished = _finished(formation, name)
        except formation.exceptions.ClientError as err:
            return str(err)
        finally:
            formation.close()
        assert finished.status == "ROLLBACK_COMPLETE", finished.status
        return finished.why

    def ask(self, host: str, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """A request to a host name that leads to the deployed API. At every host it answers /health itself."""
        address = f"{self._behind(host)}{address}" if address == "/health" else address
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(method, address, body, {**headers, "Host": host})
            answer = line.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, told, answer.read())
        finally:
            line.close()

    def _behind(self, host: str) -> str:
        """The path under which it reaches the API of a host without asking for the host's name."""
        fronts = self.client("apigateway")
        (mapping,) = fronts.get_base_path_mappings(domainName=host)["items"]
        fronts.close()
        return f"/_aws/execute-api/{mapping['restApiId']}/{mapping['stage']}"

    def hand_over(self, api: str, method: str, address: str, event: Mapping[str, Any]) -> Reply:
        """A request as an HTTP API hands it to the function of its route, by the routes that were deployed."""
        fronts, calling = self.client("apigatewayv2"), self.client("lambda")
        routes = {each["RouteKey"]: each["Target"] for each in fronts.get_routes(ApiId=api, MaxResults="500")["Items"]}
        resource, _ = parts(address, sorted(key.partition(" ")[2] for key in routes if key.startswith(f"{method} ")))
        target = routes[f"{method} {resource}"].rpartition("/")[2]
        integration = fronts.get_integration(ApiId=api, IntegrationId=target)
        assert integration["PayloadFormatVersion"] == "1.0"
        named, _, live = integration["IntegrationUri"].rpartition(":")
        answer = calling.invoke(FunctionName=named, Qualifier=live, Payload=json.dumps(event).encode())
        said = answer["Payload"].read()
        assert "FunctionError" not in answer, said
        fronts.close()
        calling.close()
        return reply(json.loads(said))

    def log(self) -> str:
        """Everything that it and its functions wrote."""
        return self._log.read_text(errors="replace")

    def listens_on(self) -> set[str]:
        """The addresses that it has opened. Linux tells; elsewhere the one that it was told."""
        sockets = Path(f"/proc/{self.process.pid}/net/tcp")
        if not sockets.exists():
            return {f"127.0.0.1:{self.port}"}
        own = {os.readlink(entry) for entry in Path(f"/proc/{self.process.pid}/fd").iterdir() if entry.is_symlink()}
        found = set()
        for table in (sockets, sockets.with_name("tcp6")):
            for line in table.read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == "0A" and f"socket:[{rest[5]}]" in own:
                    found.add(_address(local))
        return found

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _kept(self, name: str, template: Mapping[str, Any]) -> str:
        """The address of a template, with that of its code: one that is sent along has 51 200 bytes at most."""
        for made in template["Resources"].values():
            if made["Type"] == "AWS::Serverless::Function":
                assert made["Properties"]["CodeUri"] == "./deployment.zip"
                made["Properties"]["CodeUri"] = f"s3://{_CODE}/deployment.zip"
        s3 = self.client("s3")
        s3.put_object(Bucket=_CODE, Key=name, Body=json.dumps(template).encode())
        s3.close()
        return f"{self.url}/{_CODE}/{name}"

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log()
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
            try:
                line.request("GET", "/_ministack/health")
                if line.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
            finally:
                line.close()
        raise AssertionError(f"ministack did not start\n{self.log()}")


def _finished(formation: Any, name: str) -> Stack:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while True:
        (told,) = formation.describe_stacks(StackName=name)["Stacks"]
        if not told["StackStatus"].endswith("IN_PROGRESS"):
            break
        assert time.monotonic() < deadline, "the deployment does not end"
        time.sleep(0.1)
    events = formation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason')}" for each in events if _failed(each)]
    rows = formation.describe_stack_resources(StackName=name)["StackResources"]
    made = {row["LogicalResourceId"]: (row["PhysicalResourceId"], row["ResourceType"]) for row in rows}
    return Stack(told["StackStatus"], "; ".join(failed), made)


def _failed(event: Mapping[str, Any]) -> bool:
    return str(event["ResourceStatus"]).endswith("FAILED")


def _address(told: str) -> str:
    """An address of Linux's table: the bytes of an IPv4 one stand backwards."""
    host, _, port = told.partition(":")
    name = ".".join(str(byte) for byte in reversed(bytes.fromhex(host))) if len(host) == 8 else host
    return f"{name}:{int(port, 16)}"
