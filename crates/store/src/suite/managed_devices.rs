//! Managed devices: found by what they and their registrations are now, due when their time has come, gone with their registration.

use doorward_model::compliance::{
    AndroidManagement, ComplianceStatus, DeviceOwnerType, Fact, FactSource, FactValue, Judgement, ManagedDevice, ManagementState,
    PolicyState, Standing,
};

use super::*;
use crate::query::{Filter, ManagedDeviceField, Query};
use crate::{ListedDevice, PolicyCount};

fn policy_state(policy_id: &str, standing: Standing) -> PolicyState {
    PolicyState {
        policy_id: policy_id.to_owned(),
        display_name: policy_id.to_owned(),
        status: ComplianceStatus::Unknown,
        standing,
        failing_since: None,
        grace_ends: None,
        fired: Vec::new(),
        settings: Vec::new(),
    }
}

fn judged(standing: Standing, policies: &[(&str, Standing)], next: Option<Timestamp>) -> Judgement {
    Judgement {
        at: at(1),
        standing,
        policies: policies.iter().map(|(id, standing)| policy_state(id, *standing)).collect(),
        built_in: Vec::new(),
        grace_ends: None,
        compliant_until: None,
        next,
    }
}

/// A tenant with Anna's phone, a PC of nobody, and Anna.
async fn with_devices(store: &impl Store) -> (Arc<dyn TenantStore>, UserId, [Device; 2]) {
    let tenant = one_tenant(store).await;
    let anna = user(10, "anna@one.example");
    let phone = device(20, Some(anna.id));
    let pc = Device { operating_system: "Windows".into(), display_name: "PC".into(), ..device(21, None) };
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.devices().create(&pc).await.unwrap();
    unit.commit().await.unwrap();
    (tenant, anna.id, [phone, pc])
}

fn managed(device: &Device) -> ManagedDevice {
    ManagedDevice::new(device.id, DeviceOwnerType::Personal, None, at(5))
}

/// A managed device is kept whole and found by what it is now, in its tenant alone.
pub async fn a_managed_device_is_kept_whole_and_found_by_what_it_is_now(store: &impl Store) {
    let (tenant, anna, [phone, pc]) = with_devices(store).await;
    let mut one = managed(&phone);
    one.android = Some(AndroidManagement::WorkProfile);
    one.last_report = Some(at(6));
    let fact = Fact { value: FactValue::Known(json!("14")), source: FactSource::Agent, observed: at(6), enforced: true };
    one.facts.put("osVersion", fact);
    one.judgement = Some(judged(Standing::NonCompliant, &[("a", Standing::NonCompliant)], None));
    let mut unit = tenant.write().await.unwrap();
    let nobody = unit.managed_devices().create(&managed(&device(99, None))).await;
    assert!(matches!(nobody, Err(StoreError::NotFound("device"))), "{nobody:?}");
    let unknown = unit.managed_devices().update(&one).await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");
    unit.managed_devices().create(&one).await.unwrap();
    unit.managed_devices().create(&managed(&pc)).await.unwrap();
    let twice = unit.managed_devices().create(&one).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists(_))), "{twice:?}");
    assert_eq!(unit.managed_devices().get(phone.id).await.unwrap(), Some(one.clone()));
    unit.commit().await.unwrap();

    let mut unit = tenant.read().await.unwrap();
    assert!(matches!(unit.managed_devices().update(&one).await, Err(StoreError::ReadOnly)));
    let listed = ListedDevice { managed: one.clone(), device: phone.clone() };
    for filter in [
        Filter::equal(ManagedDeviceField::Owner, anna.0),
        Filter::equal(ManagedDeviceField::ComplianceState, "nonCompliant"),
        Filter::equal(ManagedDeviceField::LastReport, at(6)),
        Filter::equal(ManagedDeviceField::DisplayName, phone.display_name.as_str()),
    ] {
        let page = unit.managed_devices().page(&Query::of(filter.clone())).await.unwrap();
        assert_eq!(page.items.as_slice(), std::slice::from_ref(&listed), "{filter:?}");
        assert_eq!(unit.managed_devices().count(&Query::of(filter)).await.unwrap(), 1);
    }
    drop(unit);

    let mut unit = tenant.write().await.unwrap();
    unit.devices().update(&Device { display_name: "Renamed".into(), ..phone.clone() }).await.unwrap();
    let gone = ManagedDevice { management_state: ManagementState::Retired, judgement: None, ..one };
    unit.managed_devices().update(&gone).await.unwrap();
    let named = Query::of(Filter::equal(ManagedDeviceField::DisplayName, "renamed"));
    let found = unit.managed_devices().page(&named).await.unwrap().items;
    assert_eq!(found.into_iter().map(|listed| listed.managed).collect::<Vec<_>>(), [gone]);
    unit.commit().await.unwrap();

    let other = super::tenant(2, "two.example");
    store.create_tenant(&other).await.unwrap();
    let mut unit = store.tenant(other.id).read().await.unwrap();
    assert_eq!(unit.managed_devices().get(phone.id).await.unwrap(), None);
    assert_eq!(unit.managed_devices().count(&Query::default()).await.unwrap(), 0);
}

/// A device comes up when its time has come, and not while it is retired.
pub async fn a_device_comes_up_when_its_time_has_come(store: &impl Store) {
    let (tenant, _, [phone, pc]) = with_devices(store).await;
    let waiting = |device: &Device, next| ManagedDevice { judgement: Some(judged(Standing::Compliant, &[], next)), ..managed(device) };
    let mut unit = tenant.write().await.unwrap();
    unit.managed_devices().create(&waiting(&phone, Some(at(100)))).await.unwrap();
    unit.managed_devices().create(&waiting(&pc, None)).await.unwrap();
    let ids = |devices: Vec<ManagedDevice>| devices.into_iter().map(|device| device.device_id).collect::<Vec<_>>();
    assert_eq!(ids(unit.managed_devices().due(at(100), 10).await.unwrap()), []);
    assert_eq!(ids(unit.managed_devices().due(at(101), 10).await.unwrap()), [phone.id]);
    assert_eq!(unit.managed_devices().make_due().await.unwrap(), 2);
    assert_eq!(unit.managed_devices().due(at(6), 10).await.unwrap().len(), 2);
    assert_eq!(unit.managed_devices().due(at(6), 1).await.unwrap().len(), 1);
    unit.managed_devices().update(&waiting(&phone, Some(at(100)))).await.unwrap();
    assert_eq!(ids(unit.managed_devices().due(at(6), 10).await.unwrap()), [pc.id]);
    unit.managed_devices()
        .update(&ManagedDevice { management_state: ManagementState::Retired, ..waiting(&pc, Some(at(1))) })
        .await
        .unwrap();
    assert_eq!(ids(unit.managed_devices().due(at(6), 10).await.unwrap()), []);
    assert_eq!(unit.managed_devices().make_due().await.unwrap(), 1);
}

/// Devices are found and counted by policy and state.
pub async fn devices_are_found_and_counted_by_policy_and_state(store: &impl Store) {
    let (tenant, _, [phone, pc]) = with_devices(store).await;
    let with = |device: &Device, standing, policies: &[(&str, Standing)]| ManagedDevice {
        judgement: Some(judged(standing, policies, None)),
        ..managed(device)
    };
    let mut unit = tenant.write().await.unwrap();
    let both = [("a", Standing::Compliant), ("b", Standing::InGracePeriod)];
    unit.managed_devices().create(&with(&phone, Standing::InGracePeriod, &both)).await.unwrap();
    unit.managed_devices().create(&with(&pc, Standing::Compliant, &[("a", Standing::Compliant)])).await.unwrap();
    let count = |policy_id: &str, standing, devices| PolicyCount { policy_id: policy_id.to_owned(), standing, devices };
    assert_eq!(
        unit.managed_devices().count_by_policy().await.unwrap(),
        [count("a", Standing::Compliant, 2), count("b", Standing::InGracePeriod, 1)]
    );
    let states = [("compliant".to_owned(), 1), ("ingraceperiod".to_owned(), 1)];
    assert_eq!(unit.managed_devices().count_by_state().await.unwrap(), states);
    let first = unit.managed_devices().of_policy("a", None, 1).await.unwrap();
    let last = first.last().map(|listed| listed.device.id);
    let second = unit.managed_devices().of_policy("a", last, 9).await.unwrap();
    let ids: Vec<DeviceId> = first.iter().chain(&second).map(|listed| listed.device.id).collect();
    let mut ordered = vec![phone.id, pc.id];
    ordered.sort_unstable();
    assert_eq!((first.len(), ids), (1, ordered));
    let of_other: Vec<Device> =
        unit.managed_devices().of_policy("b", None, 9).await.unwrap().into_iter().map(|listed| listed.device).collect();
    assert_eq!(of_other.as_slice(), std::slice::from_ref(&phone));
    // A judgement that asks a policy no more, and a device that is no longer managed, leave nothing behind.
    unit.managed_devices().update(&with(&phone, Standing::Compliant, &[("a", Standing::Compliant)])).await.unwrap();
    let retired = ManagedDevice { management_state: ManagementState::Retired, ..managed(&pc) };
    unit.managed_devices().update(&retired).await.unwrap();
    assert_eq!(unit.managed_devices().count_by_policy().await.unwrap(), [count("a", Standing::Compliant, 1)]);
    assert_eq!(unit.managed_devices().count_by_state().await.unwrap(), [("compliant".to_owned(), 1)]);
}

/// What is kept of a managed device goes with the device, and with its owner.
pub async fn what_is_kept_of_a_managed_device_goes_with_the_device_and_its_owner(store: &impl Store) {
    let (tenant, anna, [phone, pc]) = with_devices(store).await;
    let with_policy = |device: &Device| ManagedDevice {
        judgement: Some(judged(Standing::Compliant, &[("a", Standing::Compliant)], None)),
        ..managed(device)
    };
    let mut unit = tenant.write().await.unwrap();
    unit.managed_devices().create(&with_policy(&phone)).await.unwrap();
    unit.managed_devices().create(&with_policy(&pc)).await.unwrap();
    unit.users().delete(anna).await.unwrap();
    assert_eq!(unit.managed_devices().get(phone.id).await.unwrap(), None);
    let left: u64 = unit.managed_devices().count_by_policy().await.unwrap().iter().map(|count| count.devices).sum();
    assert_eq!(left, 1);
    unit.devices().delete(pc.id).await.unwrap();
    assert_eq!(unit.managed_devices().get(pc.id).await.unwrap(), None);
    assert!(unit.managed_devices().count_by_policy().await.unwrap().is_empty());
    let again = device(22, None);
    unit.devices().create(&again).await.unwrap();
    unit.managed_devices().create(&with_policy(&again)).await.unwrap();
    unit.managed_devices().delete(again.id).await.unwrap();
    assert!(unit.devices().get(again.id).await.unwrap().is_some(), "the registration stays");
    assert!(unit.managed_devices().count_by_policy().await.unwrap().is_empty());
}
