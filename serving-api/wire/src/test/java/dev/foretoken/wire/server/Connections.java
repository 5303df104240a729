package dev.foretoken.wire.server;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;

/** A port of this machine that answers no call, and connections to it. */
final class Connections {

    private static final int PATIENCE_MILLIS = 120_000;

    private static final ServerInterceptor OPEN = new ServerInterceptor() {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(call, headers);
        }
    };

    private Connections() {}

    /** @param most at once */
    static ListeningServer server(int most, ListeningServer.Patience patience) throws IOException {
        return ListeningServer.start(
                new ListeningServer.Bounds("127.0.0.1", 0, most, 1 << 20, 8, Optional.empty()),
                patience,
                OPEN,
                calls -> List.of());
    }

    static Socket connect(ListeningServer server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), PATIENCE_MILLIS);
        return socket;
    }
}
