package dev.foretoken.gateway.openai;

import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.gateway.json.JsonWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** OpenAI's file objects. */
public final class FileJson {

    private FileJson() {}

    public static JsonWriter one(StoredFile file) {
        JsonWriter out = new JsonWriter();
        write(out, file);
        return out;
    }

    /** @param more whether there are further ones behind these */
    public static JsonWriter page(List<StoredFile> files, boolean more) {
        return PageJson.write(files, more, StoredFile::id, FileJson::write);
    }

    public static JsonWriter deleted(String id) {
        return new JsonWriter().raw("{\"id\":").string(id).raw(",\"object\":\"file\",\"deleted\":true}");
    }

    private static void write(JsonWriter out, StoredFile file) {
        out.raw("{\"id\":")
                .string(file.id())
                .raw(",\"object\":\"file\",\"bytes\":")
                .number(file.bytes());
        out.raw(",\"created_at\":").number(file.created().getEpochSecond());
        out.raw(",\"expires_at\":");
        time(out, file.expires());
        out.raw(",\"filename\":").string(file.name());
        out.raw(",\"purpose\":").string(file.purpose());
        out.raw(",\"status\":\"processed\",\"status_details\":null}");
    }

    static void time(JsonWriter out, Optional<Instant> time) {
        if (time.isEmpty()) {
            out.raw("null");
        } else {
            out.number(time.get().getEpochSecond());
        }
    }
}
