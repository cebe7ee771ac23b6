"""Lets the flwr CLI find the federation, through the proxy on loopback, and waits."""
import os, pathlib, time

home = pathlib.Path(os.environ["HOME"], ".flwr")
home.mkdir(parents=True, exist_ok=True)
home.joinpath("config.toml").write_text(
    '[superlink]\ndefault = "federation"\n[superlink.federation]\naddress = "127.0.0.1:9093"\ninsecure = true\n'
)
time.sleep(3600)
