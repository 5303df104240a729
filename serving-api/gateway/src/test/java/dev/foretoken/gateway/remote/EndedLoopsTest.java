package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Threads that move others' connections too may end before an engine that was lent them. */
class EndedLoopsTest {

    @Test
    void anEngineWhoseThreadsHaveEndedIsUnavailable() throws Exception {
        EventLoopGroup ended = new NioEventLoopGroup(1);
        ended.next().submit(() -> {}).sync();
        ended.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        try (RemoteEngine engine = RemoteEngine.connect(
                RemoteConfig.of("127.0.0.1", 1, Optional.empty()), new EventLoops(ended, NioSocketChannel::new))) {
            GenerationRequest request = GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 4);
            assertThatThrownBy(() -> engine.submit(request))
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
        }
    }
}
