// SPDX-License-Identifier: Apache-2.0
// Unit tests open no socket: a listener or a connection is an error that names the test's file.
import net from "node:net";

function refuse(): never {
  throw new Error("unit tests open no socket; move this test to test/e2e");
}

Object.assign(net.Socket.prototype, { connect: refuse });
Object.assign(net.Server.prototype, { listen: refuse });
