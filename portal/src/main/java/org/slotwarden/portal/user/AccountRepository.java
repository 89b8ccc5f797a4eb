package org.slotwarden.portal.user;

import java.util.Optional;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.repository.Repository;

interface AccountRepository extends Repository<Account, Long> {

    Account save(Account account);

    Optional<Account> findByName(String name);

    Page<Account> findAll(Pageable page);

    boolean existsByName(String name);

    long countByRoleAndEnabled(Role role, boolean enabled);

    long count();
}
