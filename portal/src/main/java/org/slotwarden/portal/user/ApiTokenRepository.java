package org.slotwarden.portal.user;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

interface ApiTokenRepository extends Repository<ApiToken, Long> {

    ApiToken save(ApiToken token);

    @Query("select t from ApiToken t join fetch t.account where t.tokenDigest = :digest")
    Optional<ApiToken> findByDigest(byte[] digest);

    List<ApiToken> findByAccountNameOrderById(String accountName);

    long countByAccountName(String accountName);

    /** Rewritten once a minute at most: a dashboard must not turn every read into a write. */
    @Modifying
    @Query("""
            update ApiToken t set t.lastUsedAt = :now
            where t.id = :id and (t.lastUsedAt is null or t.lastUsedAt < :before)""")
    int markUsed(long id, Instant now, Instant before);

    @Modifying
    @Query("delete from ApiToken t where t.id = :id and t.account.name = :accountName")
    int delete(long id, String accountName);
}
