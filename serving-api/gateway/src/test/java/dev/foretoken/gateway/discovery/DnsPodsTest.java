package dev.foretoken.gateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.remote.PodTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DnsPodsTest {

    private final List<Set<PodTarget>> heard = new ArrayList<>();
    private InetAddress[] answer = {};

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        assertThat(name).isEqualTo("pods.example");
        if (answer.length == 0) {
            throw new UnknownHostException(name);
        }
        return answer;
    }

    private final DnsPods pods = new DnsPods("pods.example", 9091, this::lookUp, Duration.ofHours(1));

    private static PodTarget pod(String host) {
        return new PodTarget(host, 9091, "pods.example");
    }

    @Test
    void thereIsAPodAtEveryAddress() {
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("2001:db8::1")};
        pods.look(heard::add);
        assertThat(heard).containsExactly(Set.of(pod("10.0.0.1"), pod("2001:db8:0:0:0:0:0:1")));
        assertThat(pod("2001:db8:0:0:0:0:0:1").address()).isEqualTo("[2001:db8:0:0:0:0:0:1]:9091");
    }

    @Test
    void anAddressThatIsGoneIsAPodThatHasLeft() {
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.1"), InetAddress.ofLiteral("10.0.0.2")};
        pods.look(heard::add);
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.2")};
        pods.look(heard::add);
        assertThat(heard.getLast()).containsExactly(pod("10.0.0.2"));
    }

    @Test
    void aLookupThatFailsSaysNothing() {
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.1")};
        pods.look(heard::add);
        answer = new InetAddress[] {};
        pods.look(heard::add);
        assertThat(heard).hasSize(1);
    }

    @Test
    @Timeout(300)
    void whoCannotTakeWhatIsToldIsToldAgain() throws InterruptedException {
        BlockingQueue<Set<PodTarget>> told = new LinkedBlockingQueue<>();
        AtomicBoolean failed = new AtomicBoolean();
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.1")};
        DnsPods often = new DnsPods("pods.example", 9091, this::lookUp, Duration.ofMillis(1));
        often.start(pods -> {
            if (!failed.getAndSet(true)) {
                throw new IllegalStateException("cannot take it");
            }
            told.add(pods);
        });
        assertThat(told.poll(2, TimeUnit.MINUTES)).containsExactly(pod("10.0.0.1"));
        often.close();
    }

    @Test
    @Timeout(300)
    void looksAgainAndAgainUntilItIsClosed() throws InterruptedException {
        BlockingQueue<Set<PodTarget>> told = new LinkedBlockingQueue<>();
        answer = new InetAddress[] {InetAddress.ofLiteral("10.0.0.1")};
        DnsPods often = new DnsPods("pods.example", 9091, this::lookUp, Duration.ofMillis(1));
        often.start(told::add);
        for (int i = 0; i < 3; i++) {
            assertThat(told.poll(2, TimeUnit.MINUTES)).containsExactly(pod("10.0.0.1"));
        }
        often.close();
    }
}
