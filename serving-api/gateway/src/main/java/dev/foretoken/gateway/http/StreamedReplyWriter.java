package dev.foretoken.gateway.http;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/** Has the framework add nothing to a {@link StreamedReply}, which was sent past its output stream and its buffer. */
@Provider
public final class StreamedReplyWriter implements ServerMessageBodyWriter<StreamedReply> {

    @Override
    public boolean isWriteable(Class<?> type, Type generic, ResteasyReactiveResourceInfo target, MediaType media) {
        return type == StreamedReply.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
        return type == StreamedReply.class;
    }

    @Override
    public void writeResponse(StreamedReply reply, Type generic, ServerRequestContext context) {
        // Nothing is left to be written.
    }

    @Override
    public void writeTo(
            StreamedReply reply,
            Class<?> type,
            Type generic,
            Annotation[] annotations,
            MediaType media,
            MultivaluedMap<String, Object> headers,
            OutputStream stream) {
        throw new UnsupportedOperationException("a streamed reply was written to the connection, not to a stream");
    }
}
