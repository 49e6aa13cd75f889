//! Groups and their members.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::group::{Group, Member};
use doorward_model::{GroupId, UserId};
use doorward_store::query::{GroupField, Page, Query};
use doorward_store::{GroupRepository, Result};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::memory::Kind;
use crate::query::{Bound, Statement, table};
use crate::row::{Reader, engine, fold, found, millis, to_body, write_error};
use crate::unit::SqlUnit;

const USER: &str = "user";
const GROUP: &str = "group";
/// Ids of one statement; engines take many more.
const CHUNK: usize = 1000;

fn read(row: &SqliteRow) -> Result<Group> {
    Reader::new(row, "user_groups", "id").body()
}

fn member(row: &SqliteRow) -> Result<Member> {
    let reader = Reader::new(row, "group_members", "member_id");
    Ok(if reader.text("kind")? == GROUP { Member::Group(reader.parsed("member_id")?) } else { Member::User(reader.parsed("member_id")?) })
}

impl Statement {
    /// Texts with commas between them.
    fn list(&mut self, texts: impl Iterator<Item = String>) {
        for (index, text) in texts.enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(Bound::Text(text));
        }
    }

    /// A table of that name with groups and all that are in them, directly or not.
    fn nested(&mut self, name: &str, groups: &[GroupId]) {
        self.push(&format!("{name} (id) AS (SELECT id FROM user_groups WHERE tenant_id = $1 AND id IN ("));
        self.list(groups.iter().map(ToString::to_string));
        self.push(&format!(
            ") UNION
               SELECT m.member_id FROM {name} n CROSS JOIN group_members m WHERE m.tenant_id = $1 AND m.group_id = n.id AND m.kind = 'group'
             )"
        ));
    }

    /// The users who are directly in one of the groups of such a table, each once.
    fn users_in(&mut self, name: &str) {
        self.push(&format!(
            "SELECT DISTINCT m.member_id FROM {name} n CROSS JOIN group_members m
             WHERE m.tenant_id = $1 AND m.group_id = n.id AND m.kind = 'user'"
        ));
    }
}

table! { GroupField in "user_groups" as Group, read;
    Id: "id",
    DisplayName: "name_key",
    Created: "created",
}

#[async_trait]
impl GroupRepository for SqlUnit {
    async fn get(&mut self, id: GroupId) -> Result<Option<Group>> {
        let row = sqlx::query("SELECT id, body FROM user_groups WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn list(&mut self) -> Result<Vec<Group>> {
        let rows = sqlx::query("SELECT id, body FROM user_groups WHERE tenant_id = $1 ORDER BY display_name, id")
            .bind(&self.tenant)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn page(&mut self, query: &Query<GroupField>) -> Result<Page<Group>> {
        self.find_page(query).await
    }

    async fn count(&mut self, query: &Query<GroupField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn create(&mut self, group: &Group) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query("INSERT INTO user_groups (tenant_id, id, display_name, body, name_key, created) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&self.tenant)
            .bind(group.id.to_string())
            .bind(&group.display_name)
            .bind(to_body("user_groups", group)?)
            .bind(fold(&group.display_name))
            .bind(millis(group.created))
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("group"))
    }

    async fn update(&mut self, group: &Group) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query(
            "UPDATE user_groups SET display_name = $3, body = $4, name_key = $5, created = $6 WHERE tenant_id = $1 AND id = $2",
        )
        .bind(&self.tenant)
        .bind(group.id.to_string())
        .bind(&group.display_name)
        .bind(to_body("user_groups", group)?)
        .bind(fold(&group.display_name))
        .bind(millis(group.created))
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("group"))?;
        found("group", &result)
    }

    async fn delete(&mut self, id: GroupId) -> Result<()> {
        self.will_change(&[Kind::Membership.any()])?;
        let id = id.to_string();
        let result = sqlx::query("DELETE FROM user_groups WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(&id)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("group"))?;
        found("group", &result)?;
        for statement in [
            "DELETE FROM group_members WHERE tenant_id = $1 AND (group_id = $2 OR member_id = $2)",
            "DELETE FROM group_owners WHERE tenant_id = $1 AND group_id = $2",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(&id).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        Ok(())
    }

    async fn members(&mut self, id: GroupId) -> Result<Vec<Member>> {
        let rows = sqlx::query("SELECT member_id, kind FROM group_members WHERE tenant_id = $1 AND group_id = $2 ORDER BY member_id")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(member).collect()
    }

    async fn member_page(&mut self, id: GroupId, nested: bool, after: Option<Uuid>, limit: u32) -> Result<Vec<Member>> {
        let direct = "SELECT member_id, kind FROM group_members
             WHERE tenant_id = $1 AND group_id = $2 AND member_id > $3 ORDER BY member_id LIMIT $4";
        // UNION drops groups that were reached before, so a cycle ends by itself. CROSS JOIN begins with the groups, which are few;
        // left the choice, SQLite goes through every membership of the tenant.
        let transitive = "WITH RECURSIVE nested (id) AS (
               SELECT $2
               UNION
               SELECT m.member_id FROM nested n CROSS JOIN group_members m WHERE m.tenant_id = $1 AND m.group_id = n.id AND m.kind = 'group'
             )
             SELECT m.member_id, m.kind FROM nested n CROSS JOIN group_members m
             WHERE m.tenant_id = $1 AND m.group_id = n.id AND m.member_id <> $2 AND m.member_id > $3
             GROUP BY m.member_id, m.kind ORDER BY m.member_id LIMIT $4";
        let rows = sqlx::query(if nested { transitive } else { direct })
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(after.map(|id| id.to_string()).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(member).collect()
    }

    async fn direct_of(&mut self, user: UserId) -> Result<Vec<GroupId>> {
        let rows = sqlx::query("SELECT group_id FROM group_members WHERE tenant_id = $1 AND member_id = $2 ORDER BY group_id")
            .bind(&self.tenant)
            .bind(user.to_string())
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "group_members", "group_id").parsed("group_id")).collect()
    }

    async fn add_member(&mut self, id: GroupId, member: Member) -> Result<()> {
        self.will_change(&[Kind::Membership.any()])?;
        if GroupRepository::get(self, id).await?.is_none() {
            return Err(doorward_store::StoreError::NotFound("group"));
        }
        let kind = match member {
            Member::User(_) => USER,
            Member::Group(_) => GROUP,
        };
        sqlx::query("INSERT INTO group_members (tenant_id, group_id, member_id, kind) VALUES ($1, $2, $3, $4)")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(member.id().to_string())
            .bind(kind)
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("member"))
    }

    async fn remove_member(&mut self, id: GroupId, member: Member) -> Result<()> {
        self.will_change(&[Kind::Membership.any()])?;
        let result = sqlx::query("DELETE FROM group_members WHERE tenant_id = $1 AND group_id = $2 AND member_id = $3")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(member.id().to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("member"))?;
        found("member", &result)
    }

    async fn transitive_of(&mut self, user: UserId) -> Result<Arc<[GroupId]>> {
        // As in `member_page`.
        let ask = |tenant: &str| {
            sqlx::query(
                "WITH RECURSIVE reached (id) AS (
                   SELECT group_id FROM group_members WHERE tenant_id = $1 AND member_id = $2
                   UNION
                   SELECT m.group_id FROM reached r CROSS JOIN group_members m WHERE m.tenant_id = $1 AND m.member_id = r.id
                 )
                 SELECT id FROM reached ORDER BY id",
            )
            .bind(tenant)
            .bind(user.to_string())
        };
        let read = |rows: &[SqliteRow]| rows.iter().map(|row| Reader::new(row, "group_members", "id").parsed("id")).collect::<Result<_>>();
        let found = self.known(|memory| &memory.memberships, &user, ask, |rows| read(rows).map(Some)).await?;
        Ok(found.unwrap_or_default())
    }

    async fn memberships_around(&mut self, users: &[UserId]) -> Result<Vec<(Uuid, GroupId)>> {
        let mut around = Vec::new();
        for users in users.chunks(CHUNK) {
            // As in `member_page`. Whoever asks for the kind as well gets it from another index, which SQLite then goes through whole.
            let mut statement = Statement::new(
                "WITH RECURSIVE around (member_id, group_id) AS (
                   SELECT member_id, group_id FROM group_members WHERE tenant_id = $1 AND member_id IN ("
                    .to_owned(),
                &self.tenant,
            );
            statement.list(users.iter().map(ToString::to_string));
            statement.push(
                ") UNION
                   SELECT m.member_id, m.group_id FROM around a CROSS JOIN group_members m
                   WHERE m.tenant_id = $1 AND m.member_id = a.group_id
                 )
                 SELECT member_id, group_id FROM around",
            );
            for row in self.rows(statement).await? {
                let reader = Reader::new(&row, "group_members", "member_id");
                around.push((reader.parsed("member_id")?, reader.parsed("group_id")?));
            }
        }
        Ok(around)
    }

    async fn count_users(&mut self, inside: &[GroupId], outside: &[GroupId]) -> Result<u64> {
        if inside.is_empty() {
            return Ok(0);
        }
        let mut statement = Statement::new("WITH RECURSIVE ".to_owned(), &self.tenant);
        statement.nested("inside", inside);
        if !outside.is_empty() {
            statement.push(", ");
            statement.nested("outside", outside);
        }
        statement.push(" SELECT COUNT(*) AS found FROM (");
        statement.users_in("inside");
        if !outside.is_empty() {
            statement.push(" EXCEPT ");
            statement.users_in("outside");
        }
        statement.push(")");
        self.number(statement).await
    }

    async fn groups_of(&mut self, id: GroupId, nested: bool) -> Result<Vec<GroupId>> {
        let direct =
            "SELECT group_id AS id FROM group_members WHERE tenant_id = $1 AND member_id = $2 AND group_id <> $2 ORDER BY group_id";
        // As in `member_page`.
        let transitive = "WITH RECURSIVE reached (id) AS (
               SELECT $2
               UNION
               SELECT m.group_id FROM reached r CROSS JOIN group_members m WHERE m.tenant_id = $1 AND m.member_id = r.id
             )
             SELECT id FROM reached WHERE id <> $2 ORDER BY id";
        let rows = sqlx::query(if nested { transitive } else { direct })
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "group_members", "id").parsed("id")).collect()
    }

    async fn owners(&mut self, id: GroupId) -> Result<Vec<UserId>> {
        let rows = sqlx::query("SELECT owner_id FROM group_owners WHERE tenant_id = $1 AND group_id = $2 ORDER BY owner_id")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "group_owners", "owner_id").parsed("owner_id")).collect()
    }

    async fn add_owner(&mut self, id: GroupId, owner: UserId) -> Result<()> {
        self.will_change(&[])?;
        if GroupRepository::get(self, id).await?.is_none() {
            return Err(doorward_store::StoreError::NotFound("group"));
        }
        sqlx::query("INSERT INTO group_owners (tenant_id, group_id, owner_id) VALUES ($1, $2, $3)")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(owner.to_string())
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("owner"))
    }

    async fn remove_owner(&mut self, id: GroupId, owner: UserId) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM group_owners WHERE tenant_id = $1 AND group_id = $2 AND owner_id = $3")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(owner.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("owner"))?;
        found("owner", &result)
    }
}
