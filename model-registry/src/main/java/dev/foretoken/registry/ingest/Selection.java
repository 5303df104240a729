package dev.foretoken.registry.ingest;

import dev.foretoken.registry.content.VariantConfig.Format;
import java.util.List;

/**
 * What an import takes, all of it checked.
 *
 * @param opened name of the file that the model is opened by; empty where that is the folder
 * @param architecture the model's own word for it; may be empty
 * @param files each with another path
 * @param notes sentences about what the files ask for and do not get
 */
record Selection(
        Format format,
        String opened,
        String architecture,
        List<CheckedFile> files,
        List<LeftOut> leftOut,
        List<String> notes) {

    Selection {
        files = List.copyOf(files);
        leftOut = List.copyOf(leftOut);
        notes = List.copyOf(notes);
    }

    long bytes() {
        return files.stream().mapToLong(CheckedFile::size).sum();
    }

    CheckedFile.Counts counts() {
        return files.stream().map(CheckedFile::counts).reduce(CheckedFile.Counts.NONE, CheckedFile.Counts::plus);
    }
}
