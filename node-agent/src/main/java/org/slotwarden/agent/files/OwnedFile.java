package org.slotwarden.agent.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.agent.probe.Owner;

/**
 * Opens what belongs to one user and nothing else, wherever the user's links lead. A path is looked at,
 * opened, and believed only when what was opened is what was looked at (the same inode): nobody but root
 * can give an inode another owner.
 */
final class OwnedFile {

    private OwnedFile() {}

    /** Size of a regular file of the user's; null when it is none. */
    static @Nullable Long size(Path path, long uid) {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,size,isRegularFile");
            return Boolean.TRUE.equals(attributes.get("isRegularFile")) && isOwner(attributes, uid)
                    ? ((Number) Objects.requireNonNull(attributes.get("size"))).longValue()
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** @throws IOException when it is not a directory of the user's, or changes while it is opened */
    static SecureDirectoryStream<Path> directory(Path path, long uid) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,isDirectory,fileKey");
        if (!Boolean.TRUE.equals(attributes.get("isDirectory")) || !isOwner(attributes, uid)) {
            throw new IOException("not a directory of the user's");
        }
        SecureDirectoryStream<Path> stream = secure(Files.newDirectoryStream(path));
        try {
            BasicFileAttributes opened =
                    stream.getFileAttributeView(BasicFileAttributeView.class).readAttributes();
            if (!Objects.equals(opened.fileKey(), attributes.get("fileKey"))) {
                throw new IOException("changed while it was opened");
            }
            return stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this system has no openat(2)");
    }

    /** The first bytes of a file, and when it was last written. */
    record Head(byte[] bytes, int length, long modifiedMs) {}

    /**
     * Reads the beginning of a small regular file of the user's. The last component is no link; a FIFO is
     * not opened. A user who swaps a FIFO in between the look and the opening makes this call wait for
     * ever: callers run where that harms nobody.
     */
    static @Nullable Head head(Path path, long uid, int bytes) {
        Path parent = path.getParent();
        Path name = path.getFileName();
        if (parent == null || name == null) {
            return null;
        }
        try (SecureDirectoryStream<Path> folder = secure(Files.newDirectoryStream(parent))) {
            Map<String, Object> attributes =
                    Files.readAttributes(path, "unix:uid,isRegularFile,fileKey", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(attributes.get("isRegularFile")) || !isOwner(attributes, uid)) {
                return null;
            }
            byte[] head = new byte[bytes];
            ByteBuffer buffer = ByteBuffer.wrap(head);
            try (SeekableByteChannel channel =
                    folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
                while (buffer.hasRemaining() && channel.read(buffer) > 0) {}
            }
            BasicFileAttributes after = folder.getFileAttributeView(
                            name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            return after.isRegularFile() && Objects.equals(after.fileKey(), attributes.get("fileKey"))
                    ? new Head(head, buffer.position(), after.lastModifiedTime().toMillis())
                    : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static boolean isOwner(Map<String, Object> attributes, long uid) {
        return Owner.is(attributes.get("uid"), uid);
    }
}
