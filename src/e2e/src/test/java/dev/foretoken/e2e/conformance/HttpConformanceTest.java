package dev.foretoken.e2e.conformance;

import dev.foretoken.e2e.server.Topology;

/** Every supported architecture and option answers over HTTP what the reference implementation answers. All checkpoints in one process. */
class HttpConformanceTest extends ConformanceOverHttp {

    HttpConformanceTest() {
        super(Topology.ONE_PROCESS, Golden.names());
    }
}
