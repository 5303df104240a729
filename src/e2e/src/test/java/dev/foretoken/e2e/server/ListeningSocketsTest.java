package dev.foretoken.e2e.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** The scan sees every socket that a process listens on, and none that it does not. */
class ListeningSocketsTest {

    private static final long SELF = ProcessHandle.current().pid();

    @Test
    void findsSocketsOfLoopbackAndOfEveryAddress() throws IOException {
        try (ServerSocket loopback = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ServerSocket every = new ServerSocket(0)) {
            assertThat(ListeningSockets.of(SELF))
                    .contains(new InetSocketAddress("127.0.0.1", loopback.getLocalPort()))
                    .filteredOn(socket -> socket.getPort() == every.getLocalPort())
                    .singleElement()
                    .matches(socket -> socket.getAddress().isAnyLocalAddress());
        }
    }

    @Test
    void doesNotTakeAConnectionForOne() throws IOException {
        try (ServerSocket loopback = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                Socket client = new Socket(loopback.getInetAddress(), loopback.getLocalPort())) {
            assertThat(ListeningSockets.of(SELF))
                    .doesNotContain(new InetSocketAddress("127.0.0.1", client.getLocalPort()));
        }
    }

    @Test
    void findsThoseOfTheProcessAlone() throws IOException {
        Process other = new ProcessBuilder("/bin/sh", "-c", "cat").start(); // waits for its input
        try (ServerSocket own = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(ListeningSockets.of(SELF)).contains(new InetSocketAddress("127.0.0.1", own.getLocalPort()));
            assertThat(ListeningSockets.of(other.pid())).isEmpty();
        } finally {
            other.destroyForcibly();
        }
    }
}
