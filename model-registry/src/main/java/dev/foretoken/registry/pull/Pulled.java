package dev.foretoken.registry.pull;

import dev.foretoken.registry.remote.Staging;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a pull brought. It is somebody else's: import it as an upload. Close it after the import, which lets the next pull of the same
 * address begin; {@link #discard} first, unless the import failed and another try should not fetch it all again.
 *
 * @param source the folder or the one file to import
 * @param from where it is from, with the exact revision: for the provenance
 * @param parameters what else the provenance should say
 * @param leftOut names of files that were not worth the way
 */
public record Pulled(Path source, String from, Map<String, String> parameters, List<String> leftOut, Staging staging)
        implements AutoCloseable {

    public Pulled {
        parameters = Map.copyOf(parameters);
        leftOut = List.copyOf(leftOut);
    }

    /** Removes what was brought. */
    public void discard() {
        staging.discard();
    }

    @Override
    public void close() {
        staging.close();
    }
}
