package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Collection;
import java.util.List;

/** Checks that a graph has what its declaration speaks of. */
record DeclaredNames(GraphHeader header) {

    /** @throws ForetokenException MODEL_FILE_CORRUPT */
    void check(GraphDeclaration declaration) {
        declaration
                .ragged()
                .ifPresent(ragged -> inputs("ragged", ragged.padding().keySet()));
        inputs("session", declaration.caches().keySet());
        outputs("session", declaration.caches().values());
        declaration.loop().ifPresent(loop -> {
            inputs("loop, state", loop.state().keySet());
            outputs("loop, state", loop.state().values());
            inputs("loop, index", loop.schedules().keySet());
            outputs("loop, keep", loop.keep());
            loop.stop().ifPresent(stop -> outputs("loop, stop", List.of(stop.output())));
        });
    }

    private void inputs(String where, Collection<String> names) {
        require(where, names, header.inputNames(), "input");
    }

    private void outputs(String where, Collection<String> names) {
        require(where, names, header.outputNames(), "output");
    }

    private static void require(String where, Collection<String> names, List<String> there, String kind) {
        for (String name : names) {
            if (!there.contains(name)) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "%s, %s: the graph has no %s %s; it has %s"
                                .formatted(GraphDeclaration.NAME, where, kind, name, there));
            }
        }
    }
}
