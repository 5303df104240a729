package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.ListeningSockets;
import dev.foretoken.e2e.server.ServerProcess;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers without keys, as a first try starts them: what listens is what they name, on loopback, and nothing of it is for operators. */
@InEveryTopology
class OpenPortsTest {

    private final Deployment server;

    OpenPortsTest(Deployment server) {
        this.server = server;
    }

    @Test
    void everySocketIsOneThatTheProcessNamesAndOnLoopback() {
        for (ServerProcess process : List.of(server.edge(), server.engine())) {
            Endpoints named = process.awaitReady();
            assertThat(named.admin()).as("%s", process).isEmpty();
            assertThat(ListeningSockets.of(process.pid()))
                    .as("%s", process)
                    .allMatch(socket -> socket.getAddress().isLoopbackAddress())
                    .extracting(InetSocketAddress::getPort)
                    .containsExactlyInAnyOrderElementsOf(named.ports());
        }
    }

    @Test
    void itSaysHowThePortOfOperatorsIsOpened() {
        assertThat(server.edge().out())
                .filteredOn(line -> line.startsWith("admin port closed"))
                .singleElement()
                .asString()
                .contains("--admin-key-file", "FORETOKEN_ADMIN_KEY");
    }
}
