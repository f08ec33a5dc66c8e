// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/scans/role_delegate.h"

#include "app/pages/scans/scans_model.h"

#include <QComboBox>

namespace dispersa {

QWidget* RoleDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const
{
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(tr("Role of the scan"));
    for (const ScanRole role : allScanRoles())
        combo->addItem(roleText(role), int(role));
    auto* self = const_cast<RoleDelegate*>(this); // the signals of a delegate are not const
    connect(combo, &QComboBox::activated, this, [self, combo] {
        Q_EMIT self->commitData(combo);
        Q_EMIT self->closeEditor(combo);
    });
    return combo;
}

void RoleDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const
{
    auto* combo = static_cast<QComboBox*>(editor);
    combo->setCurrentIndex(combo->findData(index.data(Qt::EditRole)));
}

void RoleDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const
{
    model->setData(index, static_cast<QComboBox*>(editor)->currentData());
}

} // namespace dispersa
