//! What comes from an on-premises domain: found by what the domain calls it, in its tenant alone.

use doorward_model::domain::{DomainComputer, DomainSync, OnPremises, Unsettled};

use super::*;

const SID: &str = "S-1-5-21-1-2-3-1104";

fn from_domain(seed: u64, name: &str, sid: &str) -> User {
    let on_premises = OnPremises {
        object_guid: Uuid::from_u128(seed.into()),
        security_identifier: sid.into(),
        sam_account_name: name.split('@').next().unwrap().into(),
    };
    User { on_premises: Some(on_premises), ..user(seed, name) }
}

fn computer(number: u128, sid: &str) -> DomainComputer {
    DomainComputer {
        object_guid: Uuid::from_u128(number),
        security_identifier: sid.into(),
        sam_account_name: format!("PC{number}$"),
        host_name: format!("pc{number}.corp.one.example"),
        operating_system: "Windows 11 Pro".into(),
        operating_system_version: "10.0 (26100)".into(),
        enabled: true,
    }
}

/// A user is found by what the domain calls the account, which belongs to one user of a tenant.
pub async fn a_user_of_a_domain_is_found_by_what_the_domain_calls_it(store: &impl Store) {
    let one = one_tenant(store).await;
    let two = tenant(2, "two.example");
    store.create_tenant(&two).await.unwrap();
    let (anna, made_here) = (from_domain(10, "anna@one.example", SID), user(11, "bert@one.example"));
    let mut unit = one.write().await.unwrap();
    for user in [&anna, &made_here, &user(12, "carl@one.example")] {
        unit.users().create(user).await.unwrap();
    }
    for twin in [from_domain(10, "dora@one.example", "S-1-5-21-1-2-3-1105"), from_domain(13, "dora@one.example", SID)] {
        let twin = User { id: UserId::random(&rng(20)), ..twin };
        assert!(matches!(unit.users().create(&twin).await, Err(StoreError::AlreadyExists(_))));
    }
    let guid = anna.on_premises.as_ref().unwrap().object_guid;
    assert_eq!(unit.users().find_by_object_guid(guid).await.unwrap().as_deref(), Some(&anna));
    assert_eq!(unit.users().find_by_security_identifier(SID).await.unwrap().as_deref(), Some(&anna));
    assert_eq!(unit.users().object_guids().await.unwrap(), [guid]);
    let moved = User { on_premises: None, ..anna.clone() };
    unit.users().update(&moved).await.unwrap();
    assert_eq!(unit.users().find_by_object_guid(guid).await.unwrap(), None);
    unit.users().update(&anna).await.unwrap();
    unit.commit().await.unwrap();

    let mut unit = store.tenant(two.id).read().await.unwrap();
    assert_eq!(unit.users().find_by_object_guid(guid).await.unwrap(), None, "in its tenant alone");
    assert_eq!(unit.users().find_by_security_identifier(SID).await.unwrap(), None);
}

/// The computers of a domain, and how far it is followed, are kept for each tenant.
pub async fn computers_of_a_domain_are_kept_until_they_are_forgotten(store: &impl Store) {
    let one = one_tenant(store).await;
    let two = tenant(2, "two.example");
    store.create_tenant(&two).await.unwrap();
    let (first, second) = (computer(1, "S-1-5-21-1-2-3-1"), computer(2, "S-1-5-21-1-2-3-2"));
    let unsettled = [(first.object_guid, Unsettled { name: "PC1$".into(), reason: "why".into() })].into();
    let sync = DomainSync { database: Uuid::from_u128(9), usn: 12, unsettled, completed: Some(at(1)), refused: Some("why".into()) };
    let mut unit = one.write().await.unwrap();
    assert_eq!(unit.domain().sync().await.unwrap(), None);
    for usn in [11, 12] {
        unit.domain().put_sync(&DomainSync { usn, ..sync.clone() }).await.unwrap();
    }
    unit.domain().put_computer(&second).await.unwrap();
    unit.domain().put_computer(&DomainComputer { enabled: false, ..first.clone() }).await.unwrap();
    unit.domain().put_computer(&first).await.unwrap();
    let twin = unit.domain().put_computer(&computer(3, &first.security_identifier)).await;
    assert!(matches!(twin, Err(StoreError::AlreadyExists("computer"))));
    unit.commit().await.unwrap();

    let mut unit = one.read().await.unwrap();
    assert_eq!(unit.domain().sync().await.unwrap(), Some(sync));
    assert_eq!(unit.domain().computer(first.object_guid).await.unwrap(), Some(first.clone()));
    assert_eq!(unit.domain().computer_by_sid(&second.security_identifier).await.unwrap(), Some(second.clone()));
    assert_eq!(unit.domain().computers().await.unwrap(), [first.object_guid, second.object_guid]);
    assert!(matches!(unit.domain().delete_computer(first.object_guid).await, Err(StoreError::ReadOnly)));
    drop(unit);

    let mut unit = store.tenant(two.id).write().await.unwrap();
    assert_eq!(unit.domain().sync().await.unwrap(), None);
    assert_eq!(unit.domain().computers().await.unwrap(), Vec::<Uuid>::new());
    assert_eq!(unit.domain().computer_by_sid(&first.security_identifier).await.unwrap(), None);
    assert!(matches!(unit.domain().delete_computer(first.object_guid).await, Err(StoreError::NotFound("computer"))));
    drop(unit);

    let mut unit = one.write().await.unwrap();
    unit.domain().delete_computer(first.object_guid).await.unwrap();
    assert_eq!(unit.domain().computers().await.unwrap(), [second.object_guid]);
}
