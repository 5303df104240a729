package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.gateway.tracing.SpanExport;
import dev.foretoken.gateway.tracing.Tracing;
import java.util.Locale;
import java.util.Optional;

/** The traces of this process, and who sends them; off unless it was told where to. */
record Traces(Optional<SpanExport> export) implements AutoCloseable {

    static Traces of(AppConfig config) {
        String role = config.role().name().toLowerCase(Locale.ROOT);
        return new Traces(
                config.observability().tracing().map(tracing -> SpanExport.start(tracing, role, System::nanoTime)));
    }

    Tracing tracing() {
        return export.map(SpanExport::tracing).orElseGet(Tracing::off);
    }

    @Override
    public void close() {
        export.ifPresent(SpanExport::close);
    }
}
