package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Names;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Uploads as requests ask for them. Whoever calls it has checked that the request may do so. */
public final class RegistryUploads {

    private final Registry registry;
    private final Uploads uploads;
    private final String tool;
    private final InstantSource wall;

    /** @param tool name and version of this program, for the provenance of what is imported */
    public RegistryUploads(Registry registry, Uploads uploads, String tool, InstantSource wall) {
        this.registry = registry;
        this.uploads = uploads;
        this.tool = tool;
        this.wall = wall;
    }

    public JsonNode begin(String model) {
        Names.require("model", model);
        return json(uploads.begin(model));
    }

    public JsonNode show(String model, String id) {
        return json(require(model, id));
    }

    /** Reads the body to its end. */
    public JsonNode receive(String model, String id, String path, InputStream body, Optional<Digest> expected) {
        return json(require(model, id).receive(path, body, expected));
    }

    /** Makes a version of what has arrived. The upload is over, whatever comes of it. */
    public JsonNode commit(String model, String id) {
        require(model, id);
        try (Upload upload = uploads.take(id)) {
            if (upload.files().isEmpty()) {
                throw ForetokenException.invalid("upload", "no file has arrived; send files before the commit");
            }
            Provenance from = new Provenance("upload", tool, "import", Map.of(), null, wall.instant());
            Imported imported =
                    registry.importModel(model, upload.content(), Trust.UPLOADED, from, LoadProgress.SILENT);
            return ImportJson.of(imported, registry.variant(imported.ref()).manifest());
        }
    }

    public void abort(String model, String id) {
        require(model, id);
        uploads.take(id).close();
    }

    private Upload require(String model, String id) {
        Upload upload = uploads.require(id);
        if (!upload.model().equals(model)) {
            throw ForetokenException.invalid("upload", "this upload is one of another model; use its own path");
        }
        return upload;
    }

    private static ObjectNode json(Upload upload) {
        ObjectNode node = RegistryJson.object();
        node.put("id", upload.id());
        node.put("model", upload.model());
        node.set("files", RegistryJson.array(upload.files(), RegistryUploads::json));
        return node;
    }

    private static ObjectNode json(Upload.Received file) {
        ObjectNode node = RegistryJson.object();
        node.put("path", file.path());
        node.put("size", file.size());
        node.put("digest", file.digest().toString());
        return node;
    }
}
